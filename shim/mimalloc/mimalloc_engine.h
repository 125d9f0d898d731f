// mimalloc for small blocks, loaded when the process starts (library.h); the arena engine's page heap for
// large ones, and the whole arena engine where there is no mimalloc to load.
//
// mimalloc's heaps belong to threads. Every entry into it is guarded (quiesce.h), so that the governor may
// work on the heap of a thread that is outside, and fork may wait until all are. The arena engine needs no
// guard, and is always entered without: what it asks of the gate may have to wait. What that means for
// memory: docs/engines.md.
//
// Invariant: whose a block is follows from its address (IsArenas), not from its size: blocks from
// before the library was loaded, samples and what mimalloc had no memory for are the arena engine's.
#ifndef MEMGOV_SHIM_MIMALLOC_MIMALLOC_ENGINE_H_
#define MEMGOV_SHIM_MIMALLOC_MIMALLOC_ENGINE_H_

#include <stddef.h>
#include <stdint.h>

#include <atomic>

#include "governor/base/engine_control.h"
#include "governor/pools/thread_registry.h"
#include "shim/arena/chunk.h"
#include "shim/mimalloc/library.h"
#include "shim/quiesce.h"

namespace memgov {

namespace mimalloc {

// Larger ones are the arena engine's: pages of its page heap, which all threads share. 0 until the library
// may be called; stored (release) after `functions`, and loaded with acquire by who calls them.
extern constinit std::atomic<size_t> largest;

// Blocks of up to 8 bytes are aligned to 8; glibc aligns all to 16, and programs rely on it.
inline size_t AtLeastSmallest(size_t size) { return size < 16 ? 16 : size; }

inline bool TakesSize(size_t size) { return size <= largest.load(std::memory_order_acquire); }

// Is it in the arena engine's memory? Not only where a chunk begins: blocks on huge alignments lie further
// on. Nor all of the GiB where one does: behind its end the address space is anybody's, mimalloc's too.
__attribute__((always_inline)) inline bool IsArenas(const void* block) {
  const uintptr_t root = reinterpret_cast<uintptr_t>(block) >> arena::kChunkShift;
  if (root >= arena::kRoots || arena::roots[root] == arena::Root::kNobodys) return false;
  return arena::ChunkHolding(block) != nullptr;
}

// For a block outside the arena engine's memory. 2.0.9 cannot tell: what is foreign to both goes to it.
inline bool Owns(const void* block) {
  return largest.load(std::memory_order_acquire) != 0 &&
         (functions.is_in_heap_region == nullptr || functions.is_in_heap_region(block));
}

}  // namespace mimalloc

class MimallocEngine {
 public:
  static constexpr const char* kName = "mimalloc";
  // It guards the entries that need it by itself.
  static constexpr bool kQuiescesForFork = false;
  static constexpr bool kHonoursGlibcVariables = false;
  // In part: periodic releases have work to do.
  static constexpr bool kHasDemandWindow = false;

  __attribute__((always_inline)) static void* Allocate(size_t size) {
    size = mimalloc::AtLeastSmallest(size);
    ThreadRecord* record = threads::current;
    if (!mimalloc::TakesSize(size) || record == nullptr) [[unlikely]]
      return AllocateElsewhere({size, 0, false});
    int* const errno_address = record->errno_address;
    const int saved = *errno_address;
    void* block = nullptr;
    {
      const quiesce::Guard guard(*record);
      block = mimalloc::functions.malloc(size);
    }
    // What it tries of the kernel in vain on its way.
    if (*errno_address != saved) [[unlikely]]
      *errno_address = saved;
    return block != nullptr ? block : AllocateAgain({size, 0, false});
  }
  static void* AllocateZeroed(size_t size);
  static void* AllocateAligned(size_t alignment, size_t size, bool zeroed);
  // The arena engine's, on pages of their own: then TryFree need not look for them.
  static void* AllocateSample(size_t alignment, size_t size, bool zeroed);
  static bool KeepsSample(const void* block);
  static void* Resize(void* block, size_t size);
  static void Free(void* block);
  static size_t UsableSize(const void* block);
  static bool MayBeLarge(const void*) { return false; }  // those begin on a page

  // A block of mimalloc's; all others are Free's.
  __attribute__((always_inline)) static bool TryFree(void* block) {
    ThreadRecord* record = threads::current;
    if (block == nullptr || record == nullptr || mimalloc::IsArenas(block) || !mimalloc::Owns(block))
        [[unlikely]]
      return false;
    int* const errno_address = record->errno_address;
    const int saved = *errno_address;
    {
      const quiesce::Guard guard(*record);
      mimalloc::functions.free(block);
    }
    if (*errno_address != saved) [[unlikely]]
      *errno_address = saved;
    return true;
  }
  static bool TryFreeOther(void* block);

  static void Start();
  // False when there is no mimalloc to load; said by then.
  static bool IsComplete();
  static void BeforeFirstThread() {}
  static void BeforeVfork();
  static void PrepareFork();
  static void ParentAfterFork();
  static void ChildAfterFork();
  // Makes this thread's heap known to releases, and address space where it runs short.
  static void OwnerTick();
  static void OwnerNamedPool(PoolId pool);
  static bool CountsExactly(const ThreadRecord&) { return false; }
  static bool LimitPool(PoolId pool, uint64_t bytes);
  // The thread's heap is about to go; inside the guard.
  static void OwnerLeaves();

  // What both have taken: exact where mimalloc works in memory of ours, by its own count where not.
  static uint64_t HeldBytes();
  static uint64_t ReleasableBytes();
  // Empties this thread's heap and those of threads that are outside mimalloc at that moment; one that is
  // inside is left for the next time. A thread waits for as long as its own heap takes; 2.0.9: all of them
  // for as long as its cache takes.
  static uint64_t GiveBack(uint64_t most_bytes);
  static uint64_t GiveBackUntil(uint64_t deadline_ns);
  // Also empties the heaps of threads that have not allocated since the last tick.
  static EngineTick Tick(uint64_t now_ns);
  static bool TakeWakeRequest();
  // Books are kept of the arena engine's part alone, and of what pools hold that have a heap of their own.
  static bool Describe(EngineFigures*) { return false; }
  static bool PoolBytes(PoolId pool, EnginePoolBytes* bytes);
  static bool DescribeClass(uint32_t, EngineClass*) { return false; }

 private:
  struct Wish {
    size_t size;
    size_t alignment;  // 0: the usual
    bool zeroed;
  };
  static void* Call(const Wish& wish);
  static void* FromLibrary(const Wish& wish);
  static void* FromSharedHeap(const Wish& wish);
  static void* FromArena(const Wish& wish);
  __attribute__((noinline)) static void* AllocateElsewhere(const Wish& wish);
  // It had none: asks the gate, finds address space, or the arena engine serves.
  __attribute__((cold, noinline)) static void* AllocateAgain(const Wish& wish);
  static void* Move(void* block, size_t old_size, size_t size);
};

}  // namespace memgov

#endif  // MEMGOV_SHIM_MIMALLOC_MIMALLOC_ENGINE_H_
