// The C library's own malloc, governed: reached through its __libc_ names, so that our malloc in front of it
// never comes back to itself. It sees to fork by itself. What it offers and what it does not:
// docs/engines.md.
#ifndef MEMGOV_SHIM_SYSTEM_SYSTEM_ENGINE_H_
#define MEMGOV_SHIM_SYSTEM_SYSTEM_ENGINE_H_

#include <cstddef>
#include <cstdint>

#include "governor/pools/sampler.h"
#include "governor/pools/thread_registry.h"
#include "shim/quiesce.h"
#include "shim/system/real_libc.h"
#include "shim/system/thread_caches.h"

namespace memgov {

class SystemEngine {
 public:
  static constexpr const char* kName = "system";
  // Not for fork, which glibc sees to: entries are guarded so that a release may empty the caches of threads
  // that are outside (thread_caches.h).
  static constexpr bool kQuiescesForFork = true;
  static constexpr bool kHonoursGlibcVariables = true;
  static constexpr bool kReleaseStopsTraffic = true;

  static void* Allocate(size_t size) { return real_libc::allocate.Get()(size); }
  static void* AllocateZeroed(size_t size) { return real_libc::allocate_zeroed.Get()(1, size); }
  static void* AllocateAligned(size_t alignment, size_t size, bool zeroed);
  static void* Resize(void* block, size_t size) { return real_libc::resize.Get()(block, size); }
  static void Free(void* block) { real_libc::release.Get()(block); }
  static size_t UsableSize(const void* block);

  // By the size in the word in front of the block (malloc/malloc.c, "chunk"), which free reads anyway.
  static bool MayBeLarge(const void* block) {
    return static_cast<const size_t*>(block)[-1] >= sampler::kLargeBytes;
  }

  // Caps the arenas by the CPUs that the process may use, unless the user set a cap.
  static void Start();
  // The cap again, with the container's CPU quota: reading it is nothing that a small tool should pay for.
  static void BeforeFirstThread();
  static void PrepareFork() {}
  static void ParentAfterFork() {}
  static void ChildAfterFork() { quiesce::ReleaseInChild(threads::current); }
  // Lets releases empty this thread's cache.
  static void OwnerTick() { thread_caches::Offer(); }

  // Arenas and mapped blocks by mallinfo2, which goes on counting pages inside arenas that were trimmed.
  static uint64_t HeldBytes();
  // Empties the threads' caches, then malloc_trim(0), which locks each arena for the walk through it.
  static uint64_t GiveBack(uint64_t most_bytes);
  static uint64_t ReleasableBytes();
};

}  // namespace memgov

#endif  // MEMGOV_SHIM_SYSTEM_SYSTEM_ENGINE_H_
