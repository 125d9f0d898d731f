// The contract between the malloc surface and an engine. One engine is compiled into each object
// (engine_choice.h): no dispatch anywhere.
#ifndef MEMGOV_SHIM_ENGINE_H_
#define MEMGOV_SHIM_ENGINE_H_

#include <concepts>
#include <cstddef>
#include <cstdint>

#include "governor/base/engine_control.h"
#include "governor/pools/thread_record.h"

namespace memgov {

// All static. Unless said otherwise: any thread, usable before constructors run; failure is nullptr, errno
// may be anything.
template <typename E>
concept Engine = requires(size_t size, size_t alignment, void* block, const void* constant, bool zeroed,
                          uint64_t bytes) {
  // "mimalloc": part of the object's file name.
  { E::kName } -> std::convertible_to<const char*>;
  // Must fork wait until no other thread is inside the engine (quiesce.h)? Then every entry is guarded.
  { E::kQuiescesForFork } -> std::convertible_to<bool>;

  // Is it glibc's malloc, which reads MALLOC_ARENA_MAX and GLIBC_TUNABLES itself?
  { E::kHonoursGlibcVariables } -> std::convertible_to<bool>;

  // size <= PTRDIFF_MAX everywhere; 0 gives a unique block. Blocks are aligned to 16.
  { E::Allocate(size) } -> std::same_as<void*>;
  { E::AllocateZeroed(size) } -> std::same_as<void*>;
  // alignment: a power of two, at least 16.
  { E::AllocateAligned(alignment, size, zeroed) } -> std::same_as<void*>;
  // block != nullptr, size > 0. On failure the block stays as it is.
  { E::Resize(block, size) } -> std::same_as<void*>;
  { E::Free(block) } -> std::same_as<void>;
  { E::UsableSize(constant) } -> std::same_as<size_t>;

  // Cheap enough for every free: is this block too large for a sample of it to be moved to a page boundary,
  // so that it may be a sample wherever it lies? Blocks of kLargeBytes and more must say yes or be
  // page-aligned.
  { E::MayBeLarge(constant) } -> std::same_as<bool>;

  // Once, in the constructor, with the options loaded: caps and delays, before the second thread exists.
  { E::Start() } -> std::same_as<void>;
  // On the thread that is about to create the process's first thread by pthread_create.
  { E::BeforeFirstThread() } -> std::same_as<void>;
  // On the owner's slow path, about every 512 KiB it allocates, outside the guard: what only the owner may
  // do.
  { E::OwnerTick() } -> std::same_as<void>;

  // The governor's side; see EngineControl. Inside the guard, but for GiveBack, which has the release lock
  // and sees to the guard itself.
  { E::HeldBytes() } -> std::same_as<uint64_t>;
  { E::ReleasableBytes() } -> std::same_as<uint64_t>;
  { E::GiveBack(bytes) } -> std::same_as<uint64_t>;
};

// What an engine may have besides.
//
// AllocateCounted: malloc's whole work in nearly every case, with the bytes counted in the thread's record;
// else one of two functions goes on: nothing was counted, or there was no block.
template <typename E>
concept AllocatesCounted = requires(size_t size, void* (*rest)(size_t)) {
  { E::AllocateCounted(size, rest, rest) } -> std::same_as<void*>;
  { E::kLargestCounted } -> std::convertible_to<size_t>;
};
// TryFree: free's whole work in nearly every case, without a record; it never gives back a sample.
template <typename E>
concept HasTryFree = requires(void* block) {
  { E::TryFree(block) } -> std::same_as<bool>;
  { E::TryFreeOther(block) } -> std::same_as<bool>;
};
// AllocateSample: a block that TryFree leaves to Free. KeepsSample: is this one of those?
template <typename E>
concept PlacesSamples = requires(size_t size, size_t alignment, bool zeroed) {
  { E::AllocateSample(alignment, size, zeroed) } -> std::same_as<void*>;
  { E::KeepsSample(static_cast<const void*>(nullptr)) } -> std::same_as<bool>;
};
// Pools with shards of their own.
template <typename E>
concept HasPools = requires(PoolId pool, const ThreadRecord& record) {
  E::OwnerNamedPool(pool);
  { E::CountsExactly(record) } -> std::same_as<bool>;
};
// Hard limits of what pools hold: false where this pool can have none. UINT64_MAX: none.
template <typename E>
concept LimitsPools = requires(PoolId pool, uint64_t bytes) {
  { E::LimitPool(pool, bytes) } -> std::same_as<bool>;
};
// fork must find it at rest. All locks of the governor are held, and their calls are no-ops for this thread.
template <typename E>
concept SeesToFork = requires {
  E::PrepareFork();
  E::ParentAfterFork();
  E::ChildAfterFork();
};
template <typename E>
concept MindsVfork = requires {
  E::BeforeVfork();
};
// Exact books, a policy of its own, and the gate (governor/budget/gate.h) asked for each fresh page.
// kHasDemandWindow: does it give back under load by itself, so that a periodic release would only undo its
// policy?
template <typename E>
concept KeepsBooks = requires(uint64_t now_ns, EngineFigures* figures, PoolId pool, EnginePoolBytes* bytes,
                              uint32_t index, EngineClass* size_class) {
  { E::kHasDemandWindow } -> std::convertible_to<bool>;
  { E::Tick(now_ns) } -> std::same_as<EngineTick>;
  { E::GiveBackUntil(now_ns) } -> std::same_as<uint64_t>;
  { E::TakeWakeRequest() } -> std::same_as<bool>;
  { E::Describe(figures) } -> std::same_as<bool>;
  { E::PoolBytes(pool, bytes) } -> std::same_as<bool>;
  { E::DescribeClass(index, size_class) } -> std::same_as<bool>;
};

// Something that it needs may be missing in this process: named in one line by Start, and done without.
template <typename E>
concept MayLackSomething = requires {
  { E::IsComplete() } -> std::same_as<bool>;
};

// See EngineControl::ReleaseStopsTraffic.
template <typename E>
concept LocksForRelease = requires {
  { E::kReleaseStopsTraffic } -> std::convertible_to<bool>;
};

// The same for engines that have it and for those that do not.
template <typename E>
struct EngineExtras {
  __attribute__((always_inline)) static bool TryFree([[maybe_unused]] void* block) {
    if constexpr (HasTryFree<E>) return E::TryFree(block);
    return false;
  }
  __attribute__((always_inline)) static void* AllocateCounted(size_t size, void* (*uncounted)(size_t),
                                                              [[maybe_unused]] void* (*refused)(size_t)) {
    if constexpr (AllocatesCounted<E>) return E::AllocateCounted(size, uncounted, refused);
    return uncounted(size);
  }
  static constexpr size_t LargestCounted() {
    if constexpr (AllocatesCounted<E>) return E::kLargestCounted;
    return 0;
  }
  // Out of line, what TryFree did not want.
  static bool TryFreeOther([[maybe_unused]] void* block) {
    if constexpr (HasTryFree<E>) return E::TryFreeOther(block);
    return false;
  }
  // alignment: at least 16.
  static void* AllocateSample(size_t alignment, size_t size, bool zeroed) {
    if constexpr (PlacesSamples<E>) return E::AllocateSample(alignment, size, zeroed);
    if (alignment > 16) return E::AllocateAligned(alignment, size, zeroed);
    return zeroed ? E::AllocateZeroed(size) : E::Allocate(size);
  }
  static bool KeepsSample([[maybe_unused]] const void* block) {
    if constexpr (PlacesSamples<E>) return E::KeepsSample(block);
    return true;
  }
  static void OwnerNamedPool([[maybe_unused]] PoolId pool) {
    if constexpr (HasPools<E>) E::OwnerNamedPool(pool);
  }
  static bool CountsExactly([[maybe_unused]] const ThreadRecord& record) {
    if constexpr (HasPools<E>) return E::CountsExactly(record);
    return false;
  }
  static bool LimitPool([[maybe_unused]] PoolId pool, [[maybe_unused]] uint64_t bytes) {
    if constexpr (LimitsPools<E>) return E::LimitPool(pool, bytes);
    return false;
  }
  static bool IsComplete() {
    if constexpr (MayLackSomething<E>) return E::IsComplete();
    return true;
  }
  static constexpr bool HasDemandWindow() {
    if constexpr (KeepsBooks<E>) return E::kHasDemandWindow;
    return false;
  }
  static constexpr bool ReleaseStopsTraffic() {
    if constexpr (LocksForRelease<E>) return E::kReleaseStopsTraffic;
    return false;
  }
  static void PrepareFork() {
    if constexpr (SeesToFork<E>) E::PrepareFork();
  }
  static void ParentAfterFork() {
    if constexpr (SeesToFork<E>) E::ParentAfterFork();
  }
  static void ChildAfterFork() {
    if constexpr (SeesToFork<E>) E::ChildAfterFork();
  }
  static void BeforeVfork() {
    if constexpr (MindsVfork<E>) E::BeforeVfork();
  }
  static EngineTick Tick([[maybe_unused]] uint64_t now_ns) {
    if constexpr (KeepsBooks<E>) return E::Tick(now_ns);
    return {};
  }
  static uint64_t GiveBackUntil([[maybe_unused]] uint64_t deadline_ns) {
    if constexpr (KeepsBooks<E>) return E::GiveBackUntil(deadline_ns);
    return 0;
  }
  static bool TakeWakeRequest() {
    if constexpr (KeepsBooks<E>) return E::TakeWakeRequest();
    return false;
  }
  static bool Describe([[maybe_unused]] EngineFigures* figures) {
    if constexpr (KeepsBooks<E>) return E::Describe(figures);
    return false;
  }
  static bool DescribeClass([[maybe_unused]] uint32_t index, [[maybe_unused]] EngineClass* size_class) {
    if constexpr (KeepsBooks<E>) return E::DescribeClass(index, size_class);
    return false;
  }
  static bool PoolBytes([[maybe_unused]] PoolId pool, [[maybe_unused]] EnginePoolBytes* bytes) {
    if constexpr (KeepsBooks<E>) return E::PoolBytes(pool, bytes);
    return false;
  }
};

}  // namespace memgov

#endif  // MEMGOV_SHIM_ENGINE_H_
