// How the governor reaches the engine: the one abstract interface between the two. The shim hands it over.
#ifndef MEMGOV_GOVERNOR_BASE_ENGINE_CONTROL_H_
#define MEMGOV_GOVERNOR_BASE_ENGINE_CONTROL_H_

#include <stddef.h>
#include <stdint.h>

namespace memgov {

// What an engine did of its own accord at a tick.
struct EngineTick {
  uint64_t sleep_ns = UINT64_MAX;  // until it wants the next one; UINT64_MAX: no timer
  uint64_t given_back_bytes = 0;
  uint64_t stall_ns = 0;  // as GiveBack's
};

// Where the memory of an engine is that keeps exact books. Held = live + fragmentation + slots + dirty.
struct EngineFigures {
  uint64_t live_bytes = 0;           // blocks that callers have, by the sizes of their classes
  uint64_t fragmentation_bytes = 0;  // free blocks in slabs that are in use, and what their ends waste
  uint64_t slot_bytes = 0;           // free blocks cached by CPU
  uint64_t dirty_bytes = 0;          // free pages that still hold memory
  uint64_t metadata_bytes = 0;       // page maps, headers, slots: not in held
  uint64_t usable_bytes = 0;         // readable and writable: what the kernel may charge
  uint64_t reserved_bytes = 0;       // address space: not memory
  uint64_t shards = 0;
  uint64_t bad_frees = 0;
  uint64_t foreign_frees = 0;
  uint64_t window_ns = 0;  // the demand window

  uint64_t HeldBytes() const { return live_bytes + fragmentation_bytes + slot_bytes + dirty_bytes; }
};

struct EnginePoolBytes {
  uint64_t live_bytes = 0;
  uint64_t held_bytes = 0;    // live, fragmentation and cached
  uint64_t cached_bytes = 0;  // free blocks cached by CPU
  bool counts_live = true;    // false: live is 0 here, and what samples say of the pool is all of it
};

// Blocks of one size, of all pools.
struct EngineClass {
  uint64_t block_bytes = 0;
  uint64_t slabs = 0;
  uint64_t used_blocks = 0;  // to callers, and cached by CPU
  uint64_t free_blocks = 0;
  uint64_t waste_bytes = 0;  // behind the last block of each slab
};

class EngineControl {
 public:
  // "mimalloc", "system": also the middle of the object's file name.
  virtual const char* Name() const = 0;

  // Do MALLOC_ARENA_MAX, GLIBC_TUNABLES and their like mean anything to it?
  virtual bool HonoursGlibcVariables() const = 0;

  // Bytes taken from the kernel for blocks and not given back, live ones included. An upper bound: engines
  // also count pages that were never touched or were given back one by one. May take the engine's locks; any
  // thread, not from within malloc.
  virtual uint64_t HeldBytes() = 0;

  // Gives memory back, `most_bytes` or everything it can (engines that cannot tell do all): under the release
  // lock, not from within malloc. Blocks other threads for no longer than the engine's own design does
  // (docs/engines.md).
  // Returns the longest time, in nanoseconds, that any other thread can have waited because of it.
  virtual uint64_t GiveBack(uint64_t most_bytes) = 0;

  // Can it stop in the middle? Then GiveBackUntil does what GiveBack does, and stops soon after `deadline_ns`
  // (os::NowNanoseconds): by no more than one slice.
  virtual bool GivesBackInSlices() const { return false; }
  virtual uint64_t GiveBackUntil(uint64_t) { return 0; }

  // Does a release make threads wait that allocate meanwhile, for long (glibc locks an arena for its whole
  // walk)? Then there is none under traffic but at the hard budget, or when somebody asks for it.
  virtual bool ReleaseStopsTraffic() const { return false; }

  // Does it give back under load by itself, tick by tick? Then a periodic release would only undo its policy.
  virtual bool HasDemandWindow() const { return false; }
  // Under the release lock, on the governor's thread.
  virtual EngineTick Tick(uint64_t) { return {}; }

  // False where the engine keeps no such books.
  virtual bool Describe(EngineFigures*) { return false; }
  // Exact bytes of a pool that has shards, or a heap, of its own. What it allocated before it got them is in
  // its samples.
  virtual bool PoolBytes(uint32_t, EnginePoolBytes*) { return false; }

  // Size classes by index from 0: false beyond the last, and where the engine has none.
  virtual bool DescribeClass(uint32_t, EngineClass*) { return false; }

  // Bytes that a GiveBack() by this thread would return, about; 0 where the engine cannot tell.
  virtual uint64_t ReleasableBytes() = 0;

 protected:
  ~EngineControl() = default;
};

}  // namespace memgov

#endif  // MEMGOV_GOVERNOR_BASE_ENGINE_CONTROL_H_
