// The records of all threads.
//
// Safety: any thread, before constructors and after destructors; allocates from mmap only. Functions that
// take the registry's lock must not be called by a thread that is inside the engine (busy > 0).
#ifndef MEMGOV_GOVERNOR_POOLS_THREAD_REGISTRY_H_
#define MEMGOV_GOVERNOR_POOLS_THREAD_REGISTRY_H_

#include "governor/base/futex_lock.h"
#include "governor/pools/thread_record.h"

namespace memgov::threads {

// The calling thread's record; nullptr until it is registered. Initial-exec TLS: one load from a fixed
// offset.
extern constinit thread_local ThreadRecord* current;

// A record for a thread that is about to be created, or nullptr (no memory: that thread goes without pools).
ThreadRecord* Acquire(void* start_routine, void* start_argument);

// Gives back a record whose thread was never created.
void Abandon(ThreadRecord* record);

// Makes `record` (or, for nullptr, a fresh one) the calling thread's. nullptr when there is no memory.
ThreadRecord* Adopt(ThreadRecord* record);

// The calling thread has run its destructors: its record may go once the kernel has forgotten the thread.
void MarkExiting(ThreadRecord* record);

// Calls visit(record, context) for every record in use, under the registry's lock.
void ForEach(void (*visit)(ThreadRecord& record, void* context), void* context);

template <typename Visitor>
void ForEachRecord(Visitor&& visitor) {
  ForEach([](ThreadRecord& record, void* context) { (*static_cast<Visitor*>(context))(record); }, &visitor);
}

// Copies the addresses of records in use, from the `from`th on, at most `capacity`; how many. Records are
// never unmapped, but one may have changed hands by the time it is looked at.
int Collect(ThreadRecord** out, int capacity, int from);

// Records in use, and bytes allocated by threads that no longer exist.
uint32_t RunningCount();
uint64_t RetiredAllocatedBytes();

// For fork: holds the lock from prepare to parent/child. In the child only the calling thread's record
// survives.
FutexLock& Lock();
void ForgetOthersInChild();

}  // namespace memgov::threads

#endif  // MEMGOV_GOVERNOR_POOLS_THREAD_REGISTRY_H_
