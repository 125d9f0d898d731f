// The arena engine: shards of slabs behind per-CPU slots, one page heap, and no memory that belongs to a
// thread. How it works: docs/arena.md.
#ifndef MEMGOV_SHIM_ARENA_ARENA_ENGINE_H_
#define MEMGOV_SHIM_ARENA_ARENA_ENGINE_H_

#include <stddef.h>
#include <stdint.h>

#include "governor/base/engine_control.h"
#include "governor/pools/thread_record.h"
#include "shim/arena/chunk.h"
#include "shim/arena/slots.h"

namespace memgov {

class ArenaEngine {
 public:
  static constexpr const char* kName = "arena";
  static constexpr bool kQuiescesForFork = false;
  static constexpr bool kHonoursGlibcVariables = false;
  static constexpr bool kHasDemandWindow = true;
  static constexpr size_t kLargestCounted = arena::kLargestSmall;  // larger ones AllocateCounted leaves

  // What malloc does in nearly every case: counts, and takes a block from the slot of this CPU. Else it goes
  // on with `uncounted`, or `refused` when the bytes are counted.
  __attribute__((always_inline)) static void* AllocateCounted(size_t size, void* (*uncounted)(size_t),
                                                              void* (*refused)(size_t)) {
    return arena::slots::PopCounted(size, uncounted, refused);
  }
  static void* Allocate(size_t size);

  // What free does in nearly every case: a block of a slab goes to the slot of this CPU. False: the rest of
  // it is Free's. Needs no record, and leaves errno alone.
  __attribute__((always_inline)) static bool TryFree(void* block) {
    if (!arena::IsInChunk(block)) [[unlikely]]
      return false;
    const uintptr_t address = reinterpret_cast<uintptr_t>(block);
    return arena::slots::TryPushOwn(arena::ChunkOf(block)->EntryOf(address), block);
  }

  // The same for blocks of other groups, which come next in number: pools free each other's.
  static bool TryFreeOther(void* block);

  static void* AllocateZeroed(size_t size);
  static void* AllocateAligned(size_t alignment, size_t size, bool zeroed);
  // Samples have pages of their own, whatever their size: then TryFree need not look for them.
  static void* AllocateSample(size_t alignment, size_t size, bool zeroed);
  static bool KeepsSample(const void* block);
  static void* Resize(void* block, size_t size);
  static void Free(void* block);
  static size_t UsableSize(const void* block);           // 0: no block
  static bool MayBeLarge(const void*) { return false; }  // those begin on a page

  static void Start();
  static void BeforeFirstThread() {}
  // The thread's pool may have got shards of its own.
  static void OwnerTick();
  // The same, at once; and the pool gets them, because somebody named it.
  static void OwnerNamedPool(PoolId pool);
  // Its child runs on this thread's memory, but is not the thread that the kernel restarts.
  static void BeforeVfork() { arena::slots::Detach(); }
  // Does its group count this thread's live bytes exactly? Then samples must not.
  static bool CountsExactly(const ThreadRecord& record);
  // False when no group is left for it.
  static bool LimitPool(PoolId pool, uint64_t bytes);

  // After a Free: is there enough to give back to wake the governor for?
  static bool TakeWakeRequest();

  static void PrepareFork();
  static void ParentAfterFork();
  static void ChildAfterFork();

  static uint64_t HeldBytes();
  static uint64_t ReleasableBytes();
  static uint64_t GiveBack(uint64_t most_bytes);
  static uint64_t GiveBackUntil(uint64_t deadline_ns);
  static EngineTick Tick(uint64_t now_ns);
  static bool Describe(EngineFigures* figures);
  static bool PoolBytes(PoolId pool, EnginePoolBytes* bytes);
  static bool DescribeClass(uint32_t index, EngineClass* size_class);

  // Stops the world of this engine and looks at everything: nullptr, or what is wrong. Not from within
  // malloc.
  static const char* Verify();

 private:
  static void* AllocateSmall(uint32_t size_class);
  static void FreeSmall(arena::PageEntry entry, void* block);
};

}  // namespace memgov

#endif  // MEMGOV_SHIM_ARENA_ARENA_ENGINE_H_
