// The contract between the malloc surface and an engine. One engine is compiled into each object
// (engine_choice.h): no dispatch anywhere.
#ifndef MEMGOV_SHIM_ENGINE_H_
#define MEMGOV_SHIM_ENGINE_H_

#include <concepts>
#include <cstddef>
#include <cstdint>

namespace memgov {

// All static. Unless said otherwise: any thread, usable before constructors run; failure is nullptr, errno
// may be anything.
template <typename E>
concept Engine = requires(size_t size, size_t alignment, void* block, const void* constant, bool zeroed) {
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
  { E::GiveBack() } -> std::same_as<uint64_t>;
};

}  // namespace memgov

#endif  // MEMGOV_SHIM_ENGINE_H_
