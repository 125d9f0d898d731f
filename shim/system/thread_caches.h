// The free blocks that glibc keeps for each thread (its tcache): up to seven of each small size, which
// malloc_trim does not reach. Those of a parked thread hold the pages around them for as long as it sleeps;
// a release empties them in the thread's stead, while quiesce.h keeps it outside malloc.
//
// glibc has no call for that, so the cache is written as glibc itself would write it. Where it lies and what
// it looks like is not assumed but tried out, once, before the first thread: a cache that does not behave in
// every step as the one of glibc 2.30 to 2.41 is left alone for good (older and newer ones, tcache_count
// below 2, other C libraries), and then the blocks stay where they are.
//
// Safety: as said at each function; none allocates but Learn, from the C library.
// Assumptions: a thread touches its own cache only, and only inside its entries to malloc and, at its end,
// after the destructors of its keys.
#ifndef MEMGOV_SHIM_SYSTEM_THREAD_CACHES_H_
#define MEMGOV_SHIM_SYSTEM_THREAD_CACHES_H_

#include <cstdint>

namespace memgov::thread_caches {

// On the thread that is about to create the first thread.
void Learn();
bool Known();

// The calling thread's cache may be emptied by releases from now on, until its keys are destroyed. Outside
// the guard; does nothing the second time. pthread_setspecific may allocate.
void Offer();

// Under the release lock: frees what is cached for this thread and for all others that offered theirs and are
// outside malloc, then malloc_trim(0). The longest time that another thread can have waited for it.
uint64_t Trim();

}  // namespace memgov::thread_caches

#endif  // MEMGOV_SHIM_SYSTEM_THREAD_CACHES_H_
