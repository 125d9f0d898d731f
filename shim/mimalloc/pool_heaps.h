// Heaps of pools: with 3.6, a pool that has shards of its own in the arena engine (shim/arena/groups.h) has a
// heap of its own here, in an area that nobody else works in. So what it holds is counted exactly, to 64 KiB,
// and a block of one pool keeps no memory of another's.
//
// A thread has a part of each heap that it has worked in (mimalloc: a theap, made by heap_theap), and
// allocates from that of its present pool. It frees into any. 2.0.9 has one heap for a thread.
//
// Safety: Table and its parts belong to the owner, inside the guard, and to who holds its claim (quiesce.h);
// the rest any time.
#ifndef MEMGOV_SHIM_MIMALLOC_POOL_HEAPS_H_
#define MEMGOV_SHIM_MIMALLOC_POOL_HEAPS_H_

#include <stdint.h>

#include "governor/pools/thread_record.h"
#include "shim/arena/page_entry.h"

namespace memgov::mimalloc::pool_heaps {

// A thread's parts by group; nullptr where it has not been.
struct Table {
  void* parts[arena::kMostGroups];
};

// nullptr until Register.
inline Table* Of(const ThreadRecord& record) {
  return static_cast<Table*>(record.engine_part.load(std::memory_order_acquire));
}

// Memory for a table, not inside the guard; nullptr when there is none.
Table* NewTable();
// Makes the calling thread's heap known: before it works in any other than the one it began with.
void Register(ThreadRecord& record, Table* table);
// The thread's heaps are about to go.
void Leave(ThreadRecord& record);

// From here on the calling thread allocates from the group's heap, which is made when there is none; from the
// shared one where that is not to be had.
void Enter(Table& table, uint32_t group);

// Before the first thread enters it: true when there is one then. Inside the guard.
bool MakeHeap(uint32_t group);
bool HasHeap(uint32_t group);

// While it lives the calling thread allocates from the shared heap: a pool's area is full.
class Shared {
 public:
  explicit Shared(const ThreadRecord& record);
  ~Shared();
  Shared(const Shared&) = delete;
  Shared& operator=(const Shared&) = delete;

 private:
  void* before_ = nullptr;  // nullptr: there was nothing to do
};

}  // namespace memgov::mimalloc::pool_heaps

#endif  // MEMGOV_SHIM_MIMALLOC_POOL_HEAPS_H_
