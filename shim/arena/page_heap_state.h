// What the parts of the page heap share: its state, all of it under pages::Lock() but for the flags that say
// so.
#ifndef MEMGOV_SHIM_ARENA_PAGE_HEAP_STATE_H_
#define MEMGOV_SHIM_ARENA_PAGE_HEAP_STATE_H_

#include <atomic>

#include "shim/arena/group_limits.h"
#include "shim/arena/page_heap.h"

namespace memgov::arena::pages {

struct State {
  Chunk* first = nullptr;
  Chunk* last = nullptr;
  Chunk* singles = nullptr;  // those of single blocks

  // In pages.
  uint64_t slab = 0;
  uint64_t large = 0;
  uint64_t dirty = 0;
  uint64_t limbo = 0;
  uint64_t usable = 0;
  uint64_t reserved = 0;
  uint64_t peak_used = 0;
  uint64_t refaulted = 0;
  uint64_t given_back = 0;
  uint64_t group_large[kMostGroups] = {};
  uint64_t group_slab[kMostGroups] = {};
  uint64_t metadata_bytes = 0;
  uint64_t allocations = 0;

  uint32_t next_step = 0;  // pages by which the heap grows next
};
extern constinit State state;

// Set while the process has one thread; relaxed.
extern constinit std::atomic<bool> strict_overcommit;
extern constinit std::atomic<bool> recent_give_back;
extern constinit std::atomic<bool> huge_pages;
// Pages that became dirty since somebody was last told; written under the lock, relaxed.
extern constinit std::atomic<uint64_t> dirtied;

inline uint32_t PagesOf(size_t bytes) { return static_cast<uint32_t>((bytes + kPageBytes - 1) / kPageBytes); }

inline void NoteUsed() {
  const uint64_t used = state.slab + state.large;
  if (used > state.peak_used) state.peak_used = used;
}

// Every change of what slabs and large blocks hold.
inline void CountLarge(uint32_t group, int64_t pages) {
  state.large += static_cast<uint64_t>(pages);
  state.group_large[group] += static_cast<uint64_t>(pages);
  group_limits::Change(group, pages * static_cast<int64_t>(kPageBytes));
}
inline void CountSlab(uint32_t group, int64_t pages) {
  state.slab += static_cast<uint64_t>(pages);
  state.group_slab[group] += static_cast<uint64_t>(pages);
  group_limits::Change(group, pages * static_cast<int64_t>(kPageBytes));
}

// Makes a run of at least `pages` more pages free and clean. False: the kernel refuses.
bool Grow(uint32_t pages);
// A new chunk's address space and metadata.
constexpr uint64_t kChunkMetadataBytes = 4 * kPageBytes;  // itself, a page of its map, two of its indexes
void EnterBooks(Chunk& chunk);

// Blocks with a mapping of their own.
void* AllocateSingle(size_t bytes, size_t alignment, uint32_t group);
// The first step of two: UnmapChunk follows without the lock, for that may take milliseconds.
void ForgetSingle(Chunk* chunk);
struct SingleResize {
  bool done = false;
  // What is left to unmap without the lock.
  void* rest = nullptr;
  size_t rest_bytes = 0;
};
SingleResize ResizeSingle(Chunk& chunk, uint32_t count);

// Sets or clears those of a range that are not, or are.
void ClearWithin(RunIndex& index, uint32_t first, uint32_t count);

// The pages become free; dirty ones unless they are known to be zero.
void PutFree(Chunk& chunk, uint32_t first, uint32_t count, bool dirty);

}  // namespace memgov::arena::pages

#endif  // MEMGOV_SHIM_ARENA_PAGE_HEAP_STATE_H_
