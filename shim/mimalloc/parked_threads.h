// The heaps of other threads: emptied in their stead, while they are kept outside mimalloc (quiesce.h).
//
// 3.6 has a function for it (mi_theap_quiescent_abandon): pages with live blocks become anybody's, all others
// go back. In 2.0.9 mi_heap_collect is meant for the owner; the claim makes us that for as long as it takes.
// Never by force there, which frees no page more: a forced collect on the main thread adopts abandoned
// segments into the heap in hand, but in the main thread's name (mimalloc's own fix of that:
// python/cpython#112532).
//
// Safety: under the release lock, not from within the guard.
#ifndef MEMGOV_SHIM_MIMALLOC_PARKED_THREADS_H_
#define MEMGOV_SHIM_MIMALLOC_PARKED_THREADS_H_

#include <stdint.h>

#include "governor/pools/thread_record.h"

namespace memgov::mimalloc::parked_threads {

// Once, before the second thread. Not when somebody else in the process calls mimalloc by its own names:
// those calls pass no guard, so that no thread is ever known to be outside.
void Start();
bool MayClaim();

struct Swept {
  uint64_t longest_ns = 0;  // that one of them was kept out
  bool active = false;      // some thread has allocated since the last sweep
};

enum class Which { kAll, kParked };

// Empties the heaps of threads that are not inside mimalloc at this moment, but for the calling one's; of
// kParked only those that have not allocated since the last sweep. Stops soon after `deadline_ns`.
Swept Empty(Which which, uint64_t deadline_ns);

// The calling thread's own.
void EmptyOwn();

}  // namespace memgov::mimalloc::parked_threads

#endif  // MEMGOV_SHIM_MIMALLOC_PARKED_THREADS_H_
