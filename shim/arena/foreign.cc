#include "shim/arena/foreign.h"

#include <atomic>

#include "shim/next_symbol.h"

namespace memgov::arena::foreign {
namespace {

constinit std::atomic<void (*)(void*)> next_free{nullptr};
constinit std::atomic<void* (*)(void*, size_t)> next_realloc{nullptr};
constinit std::atomic<size_t (*)(void*)> next_usable_size{nullptr};
constinit std::atomic<uint64_t> frees{0};

}  // namespace

void Free(void* block) {
  frees.fetch_add(1, std::memory_order_relaxed);
  if (const auto release = FindNextOnce(next_free, "free"); release != nullptr) release(block);
}

void* Resize(void* block, size_t size) {
  const auto resize = FindNextOnce(next_realloc, "realloc");
  return resize != nullptr ? resize(block, size) : nullptr;
}

size_t UsableSize(const void* block) {
  const auto usable_size = FindNextOnce(next_usable_size, "malloc_usable_size");
  return usable_size != nullptr ? usable_size(const_cast<void*>(block)) : 0;
}

uint64_t Frees() { return frees.load(std::memory_order_relaxed); }

}  // namespace memgov::arena::foreign
