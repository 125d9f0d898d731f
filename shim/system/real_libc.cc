#include "shim/system/real_libc.h"

#include <gnu/libc-version.h>

#include "governor/base/check.h"
#include "shim/next_symbol.h"

namespace memgov::real_libc {
namespace {

void* FirstAllocate(size_t size) { return Find(), allocate.Get()(size); }
void* FirstAllocateZeroed(size_t count, size_t size) { return Find(), allocate_zeroed.Get()(count, size); }
void* FirstResize(void* block, size_t size) { return Find(), resize.Get()(block, size); }
void FirstRelease(void* block) { return Find(), release.Get()(block); }
void* FirstAllocateAligned(size_t alignment, size_t size) {
  return Find(), allocate_aligned.Get()(alignment, size);
}
size_t FirstUsableSize(const void* block) { return Find(), usable_size.Get()(block); }

void* InLibc(const char* name) {
  return FindSymbolBeside(reinterpret_cast<const void*>(&gnu_get_libc_version), name);
}

template <typename F>
void Fill(Slot<F>& slot, const char* name) {
  void* function = InLibc(name);
  MEMGOV_CHECK(function != nullptr, "this C library's malloc is not glibc's: use libmemgov-mimalloc.so");
  slot.Set(function);
}

template <typename F>
void FillOptional(F*& slot, const char* name) {
  slot = reinterpret_cast<F*>(InLibc(name));
}

constinit Others others{};
constinit std::atomic<bool> found{false};  // release after all slots; acquire before they are read

}  // namespace

constinit Slot<void*(size_t)> allocate{FirstAllocate};
constinit Slot<void*(size_t, size_t)> allocate_zeroed{FirstAllocateZeroed};
constinit Slot<void*(void*, size_t)> resize{FirstResize};
constinit Slot<void(void*)> release{FirstRelease};
constinit Slot<void*(size_t, size_t)> allocate_aligned{FirstAllocateAligned};
constinit Slot<size_t(const void*)> usable_size{FirstUsableSize};

const Others& Find() {
  if (found.load(std::memory_order_acquire)) return others;
  Fill(allocate, "__libc_malloc");
  Fill(allocate_zeroed, "__libc_calloc");
  Fill(resize, "__libc_realloc");
  Fill(release, "__libc_free");
  Fill(allocate_aligned, "__libc_memalign");
  Fill(usable_size, "malloc_usable_size");
  FillOptional(others.malloc_trim, "malloc_trim");
  FillOptional(others.mallopt, "mallopt");
  FillOptional(others.mallinfo, "mallinfo");
  FillOptional(others.mallinfo2, "mallinfo2");
  FillOptional(others.malloc_info, "malloc_info");
  FillOptional(others.malloc_stats, "malloc_stats");
  found.store(true, std::memory_order_release);
  return others;
}

}  // namespace memgov::real_libc
