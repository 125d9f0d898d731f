// Shards: slabs of every class, and the lock of each class. Blocks leave a shard for a slot or for a caller,
// and come back to the shard that owns their slab, whoever frees them.
//
// What is free is a bit in the slab's header, not a word in the block: taking and returning blocks touches no
// memory of theirs (a first touch is a page fault of 2 us, and would be one under a lock). Blocks are taken
// from the fullest slabs, so that the emptier ones become empty and go back to the page heap.
//
// Safety: any thread; a lock per shard and class (rank kClass), held over at most 64 blocks and, when there
// is no free block, over the making of one slab.
#ifndef MEMGOV_SHIM_ARENA_SHARDS_H_
#define MEMGOV_SHIM_ARENA_SHARDS_H_

#include <stdint.h>

#include "governor/base/futex_lock.h"
#include "shim/arena/chunk.h"

namespace memgov::arena::shards {

constexpr uint32_t kMostShards = 16;
constexpr uint32_t kMostBatch = 64;

// Takes up to `want` (at most kMostBatch) free blocks. 0: no memory.
uint32_t Take(uint32_t shard, uint32_t group, uint32_t size_class, void** out, uint32_t want);

// One that some of these shards has free; makes no slab. nullptr: none has.
void* TakeAnywhere(uint32_t first, uint32_t count, uint32_t size_class);

// Blocks of one class, of whatever shards, at most kMostBatch. Those that are no longer handed out were freed
// twice: they are reported (bad_free.h).
void Return(uint32_t size_class, void* const* blocks, uint32_t count);

// Is this block handed out, to a caller or to a slot? Takes the lock of its class.
bool IsHandedOut(uint32_t size_class, const void* block);

struct ClassFigures {
  uint64_t slabs = 0;
  uint64_t used_blocks = 0;  // to callers and slots
};
ClassFigures Read(uint32_t shard, uint32_t size_class);
// Calls of Take, ever.
uint64_t Refills();

// For fork and verify.
FutexLock& Lock(uint32_t shard, uint32_t size_class);

// Under all locks of the first `count` shards, as all below. nullptr, or what is wrong.
const char* Verify(uint32_t count);
ClassFigures ReadLocked(uint32_t shard, uint32_t size_class);
// False when the block is free already, or none.
bool MarkFree(uint32_t size_class, void* block);
void MarkUsed(uint32_t size_class, void* block);

}  // namespace memgov::arena::shards

#endif  // MEMGOV_SHIM_ARENA_SHARDS_H_
