// The page heap: all memory of the arena engine's chunks, in pages, and the blocks larger than a slab serves.
//
// A page of a chunk is in one state at any time: reserved (beyond what is usable), void (decommitted), free
// and clean (zero, without memory), free and dirty, in limbo (being given back: nobody's, while the system
// call runs without the lock), or used by a span. First fit by address, free and dirty pages first, so that
// what is clean stays clean. There are no boundary tags and nothing is coalesced: a run of free pages is a
// run of bits.
//
// Safety: any thread; one lock (rank kPages), held for a few hundred nanoseconds, and across the system calls
// by which the heap grows (mmap, mprotect, mremap, and the advice about huge pages), as fork's child and the
// books need growth to be one step. Never across giving back.
#ifndef MEMGOV_SHIM_ARENA_PAGE_HEAP_H_
#define MEMGOV_SHIM_ARENA_PAGE_HEAP_H_

#include <stddef.h>
#include <stdint.h>

#include "governor/base/futex_lock.h"
#include "shim/arena/chunk.h"

namespace memgov::arena::pages {

// In the constructor, once the options are known: THP, and what overcommit allows.
void Configure();

// What may allocate asks the gate for each page that holds no memory yet, and answers as if there were none
// when the gate says no; whoever holds no lock may then ask and try again (gate::Persistence).

// A slab of this class, all of its blocks free, its pages entered in the page map. nullptr without memory.
SpanHeader* AllocateSlab(uint32_t size_class, uint32_t shard, uint32_t group);
// No block of it is handed out.
void FreeSlab(SpanHeader* slab);

// A block of whole pages on a multiple of `alignment` (a power of two). *clean: every byte is zero.
void* AllocateLarge(size_t bytes, size_t alignment, uint32_t group, bool* clean);
// The begin of a large block? Else nothing happens, and false.
bool FreeLarge(Chunk* chunk, void* block);
// 0 when `block` is not the begin of a large block.
size_t LargeBytes(const Chunk* chunk, const void* block);
// Longer or shorter where it is; false when it has to move.
bool ResizeLarge(Chunk* chunk, void* block, size_t bytes);

// Gives dirty pages back, from the highest address down, at most `most_bytes` of them and 512 KiB at a time:
// a queued writer of the address space's lock stalls page faults behind a long madvise (300 us for 4 MiB were
// measured). By one thread at a time (the release lock). Returns the bytes given back; pages that the kernel
// refuses to take (mlockall) stay dirty.
// Stops after the slice in which `deadline_ns` passes.
uint64_t GiveBack(uint64_t most_bytes, uint64_t deadline_ns = UINT64_MAX);
// Headers of free pages, too. The same rules.
uint64_t GiveBackMetadata();

struct Figures {
  uint64_t slab_bytes = 0;
  uint64_t large_bytes = 0;  // with those mapped one by one
  uint64_t dirty_bytes = 0;
  uint64_t limbo_bytes = 0;
  uint64_t usable_bytes = 0;  // readable and writable: what the kernel may charge
  uint64_t reserved_bytes = 0;
  uint64_t metadata_bytes = 0;    // touched, at most
  uint64_t peak_used_bytes = 0;   // slab + large, the highest since ReadAndRestartPeak
  uint64_t refaulted_bytes = 0;   // handed out again less than a second after it was given back
  uint64_t allocations = 0;       // spans, since the start
  uint64_t given_back_bytes = 0;  // since the start
  uint64_t group_large[kMostGroups] = {};
  uint64_t group_slab[kMostGroups] = {};

  uint64_t UsedBytes() const { return slab_bytes + large_bytes; }
  uint64_t HeldBytes() const { return UsedBytes() + dirty_bytes + limbo_bytes; }
};
Figures Read();
// As Read; the peak starts again from what is used now.
Figures ReadAndRestartPeak();

// True once for each MiB or so that became dirty: the governor may be asleep, and who only frees takes no
// samples that would wake it.
bool TakeWakeRequest();

// For the regret controller: has the last second seen a give-back?
void NoteRecentGiveBack(bool recent);

// The longest that a release held the lock since the last call.
uint64_t TakeLongestHoldNs();

FutexLock& Lock();
uint64_t SlabBytesLocked();

// Under Lock(): every page in exactly one state, every count as the pages say. nullptr, or what is wrong.
const char* Verify();
// Under Lock(), for tests of the books.
Chunk* FirstChunk();

}  // namespace memgov::arena::pages

#endif  // MEMGOV_SHIM_ARENA_PAGE_HEAP_H_
