#include "next_allocator.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <atomic>

namespace counting {
namespace {

constinit std::atomic<bool> found{false};
constinit NextAllocator next{};
constinit thread_local bool looking_up = false;

template <typename Function>
void Find(const char* name, Function& function) {
  void* const address = dlsym(RTLD_NEXT, name);
  if (address == nullptr) {
    constexpr char kMessage[] = "measuring preload: no allocator behind this one\n";
    if (write(STDERR_FILENO, kMessage, sizeof kMessage - 1) < 0) abort();
    abort();
  }
  memcpy(&function, &address, sizeof function);
}

// Two threads may do this at once: they write the same addresses.
void FindAll() {
  NextAllocator looked_up{};
  Find("malloc", looked_up.allocate);
  Find("calloc", looked_up.allocate_zeroed);
  Find("realloc", looked_up.resize);
  Find("free", looked_up.release);
  Find("memalign", looked_up.allocate_aligned);
  Find("malloc_usable_size", looked_up.usable_size);
  next = looked_up;
}

}  // namespace

const NextAllocator* Next() {
  if (found.load(std::memory_order_acquire)) [[likely]]
    return &next;
  if (looking_up) return nullptr;
  looking_up = true;
  FindAll();
  looking_up = false;
  found.store(true, std::memory_order_release);
  return &next;
}

}  // namespace counting
