// mimalloc, as the distribution ships it (2.0.9 on Debian 12), through its public interface. Its heaps belong
// to threads: only the owner can empty them. What that means for memory: docs/engines.md.
#ifndef MEMGOV_SHIM_MIMALLOC_MIMALLOC_ENGINE_H_
#define MEMGOV_SHIM_MIMALLOC_MIMALLOC_ENGINE_H_

#include <mimalloc.h>

#include <cstddef>
#include <cstdint>

#include "governor/pools/thread_registry.h"
#include "shim/quiesce.h"

namespace memgov {

class MimallocEngine {
 public:
  static constexpr const char* kName = "mimalloc";
  // Without it 12 to 20 % of the children of a threaded process hang.
  static constexpr bool kQuiescesForFork = true;
  static constexpr bool kHonoursGlibcVariables = false;

  static void* Allocate(size_t size) { return mi_malloc(AtLeastSmallest(size)); }
  static void* AllocateZeroed(size_t size) { return mi_zalloc(AtLeastSmallest(size)); }
  static void* AllocateAligned(size_t alignment, size_t size, bool zeroed) {
    size = AtLeastSmallest(size);
    return zeroed ? mi_zalloc_aligned(size, alignment) : mi_malloc_aligned(size, alignment);
  }
  static void* Resize(void* block, size_t size) { return mi_realloc(block, AtLeastSmallest(size)); }
  static void Free(void* block) { mi_free(block); }
  static size_t UsableSize(const void* block) { return mi_usable_size(block); }

  // Its size classes from 32 KiB on are multiples of the page, in spans that begin on one.
  static bool MayBeLarge(const void*) { return false; }

  static void Start();
  static void BeforeFirstThread() {}
  static void PrepareFork() { quiesce::ClaimAll(); }
  static void ParentAfterFork();
  static void ChildAfterFork() { quiesce::ReleaseInChild(threads::current); }
  // Makes this thread's heap known to releases.
  static void OwnerTick();
  // The thread's heap is about to go; inside the guard.
  static void OwnerLeaves();

  // What mimalloc has committed, by its own count.
  static uint64_t HeldBytes();
  // Empties this thread's heap, those of threads that are outside mimalloc at that moment, the abandoned
  // segments and the segment cache. A thread waits for as long as its own heap takes, and all of them for as
  // long as the cache takes; one that is inside is left for the next time.
  static uint64_t GiveBack(uint64_t most_bytes);
  static uint64_t ReleasableBytes();

 private:
  // mimalloc aligns blocks of up to 8 bytes to 8; glibc aligns all to 16, and programs rely on it.
  static size_t AtLeastSmallest(size_t size) { return size < 16 ? 16 : size; }
};

}  // namespace memgov

#endif  // MEMGOV_SHIM_MIMALLOC_MIMALLOC_ENGINE_H_
