// The allocator behind this one: the next object's, else the C library's.
//
// Safety: any thread, before main too. Nothing here allocates but the look-up itself, which may call back
// into calloc (glibc's dlsym does, for its error text, and copes with NULL): such a call gets NULL.
// Assumptions: the functions behind agree on one heap.
#ifndef BENCHMARKS_COUNTING_NEXT_ALLOCATOR_H_
#define BENCHMARKS_COUNTING_NEXT_ALLOCATOR_H_

#include <cstddef>

namespace counting {

struct NextAllocator {
  void* (*allocate)(size_t bytes);
  void* (*allocate_zeroed)(size_t count, size_t bytes);
  void* (*resize)(void* block, size_t bytes);
  void (*release)(void* block);
  void* (*allocate_aligned)(size_t alignment, size_t bytes);
  size_t (*usable_size)(void* block);
};

// NULL while this very thread is looking the functions up.
const NextAllocator* Next();

}  // namespace counting

#endif  // BENCHMARKS_COUNTING_NEXT_ALLOCATOR_H_
