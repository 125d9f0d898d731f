// The C library's own functions, past every other allocator in the process: found in the object that is the C
// library, not by name alone (jemalloc, mimalloc and a second memgov export __libc_malloc and
// malloc_usable_size too, and a block must be freed where it was made).
//
// Safety: any thread, before constructors. Each slot starts out as a function that fills all slots and goes
// on with the right one, so that the hot path has no test; racing threads write the same addresses.
#ifndef MEMGOV_SHIM_SYSTEM_REAL_LIBC_H_
#define MEMGOV_SHIM_SYSTEM_REAL_LIBC_H_

#include <stddef.h>
#include <stdio.h>

#include <atomic>

#include "shim/libc_info.h"

namespace memgov::real_libc {

template <typename F>
class Slot {
 public:
  constexpr explicit Slot(F* first) : function_(first) {}
  F* Get() const { return function_.load(std::memory_order_relaxed); }
  void Set(void* function) { function_.store(reinterpret_cast<F*>(function), std::memory_order_relaxed); }

 private:
  std::atomic<F*> function_;
};

extern constinit Slot<void*(size_t)> allocate;
extern constinit Slot<void*(size_t, size_t)> allocate_zeroed;
extern constinit Slot<void*(void*, size_t)> resize;
extern constinit Slot<void(void*)> release;
extern constinit Slot<void*(size_t, size_t)> allocate_aligned;
extern constinit Slot<size_t(const void*)> usable_size;

// nullptr where this C library does not have it. Call only after Find(), which any allocation does too.
struct Others {
  int (*malloc_trim)(size_t);
  int (*mallopt)(int, int);
  surface::Mallinfo (*mallinfo)();
  surface::Mallinfo2 (*mallinfo2)();  // from 2.33
  int (*malloc_info)(int, FILE*);
  void (*malloc_stats)();
};
const Others& Find();

}  // namespace memgov::real_libc

#endif  // MEMGOV_SHIM_SYSTEM_REAL_LIBC_H_
