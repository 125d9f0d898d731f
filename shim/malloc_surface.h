// The malloc surface: what each exported function does, before the engine. hooks.cc turns it into symbols.
//
// The fast path of malloc, free, calloc and realloc is all here: one load of the thread's record, one count
// of bytes, the guard, the engine. Everything rare is out of line in malloc_slow.cc.
#ifndef MEMGOV_SHIM_MALLOC_SURFACE_H_
#define MEMGOV_SHIM_MALLOC_SURFACE_H_

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <type_traits>

#include "governor/budget/gate.h"
#include "governor/pools/sampler.h"
#include "governor/pools/thread_registry.h"
#include "shim/engine_choice.h"
#include "shim/quiesce.h"

#define MEMGOV_HOT __attribute__((always_inline)) inline
#define MEMGOV_COLD __attribute__((cold, noinline))

namespace memgov::surface {

using Guard = std::conditional_t<ChosenEngine::kQuiescesForFork, quiesce::Guard, quiesce::NoGuard>;

struct Request {
  size_t size;
  size_t alignment;  // 0: the usual 16
  bool zeroed;
  const void* caller;  // malloc's return address
};

MEMGOV_COLD void* AllocateSlow(const Request& request);
MEMGOV_COLD void FreeSlow(void* block);
void FreeRest(void* block);  // what ChosenEngine::TryFree leaves
MEMGOV_COLD void* ResizeSlow(void* block, size_t size, const void* caller);
MEMGOV_COLD void* OutOfMemory();                                    // nullptr, errno ENOMEM
MEMGOV_COLD void* NewFailed(size_t size, size_t alignment);         // new handler, bad_alloc
MEMGOV_COLD void* NewNoThrowFailed(size_t size, size_t alignment);  // new handler, nullptr

// Could a sample lie at this address?
MEMGOV_HOT bool IsSamplePlace(const void* block) {
  return sampler::IsSamplePlace(block) || ChosenEngine::MayBeLarge(block);
}

MEMGOV_HOT bool MayBeSampled(const void* block) { return IsSamplePlace(block) && sampler::MayHold(block); }

// Counts `size` bytes; false when this allocation has to take the slow path (no record, a sample is due,
// absurd size: one comparison catches all three, for an unregistered thread has nothing left).
MEMGOV_HOT bool Count(ThreadRecord* record, size_t size) {
  if (record == nullptr) [[unlikely]]
    return false;
  const uint64_t left = record->sample_left.load(std::memory_order_relaxed);
  if (size >= left) [[unlikely]]
    return false;
  record->sample_left.store(left - size, std::memory_order_relaxed);
  return true;
}

// Engines that keep books ask the gate themselves, for pages that hold no memory yet. For the others every
// large request counts as fresh: before one is refused there is a reading of what is really charged.
MEMGOV_HOT bool PassesGate(size_t size) {
  if constexpr (KeepsBooks<ChosenEngine>) return true;
  return size < gate::kBigBytes || size > PTRDIFF_MAX || gate::Take(size, true);
}

MEMGOV_HOT void* TryAllocate(size_t size, const void* caller) {
  if (!PassesGate(size)) [[unlikely]]
    return nullptr;
  ThreadRecord* record = threads::current;
  if (!Count(record, size)) [[unlikely]]
    return AllocateSlow({size, 0, false, caller});
  const Guard guard(*record);
  return ChosenEngine::Allocate(size);
}

// What is left of malloc and new where the engine counts by itself, called last. The second of each: the
// bytes are counted already.
void* MallocRest(size_t size);
void* MallocRefused(size_t size);
void* NewRest(size_t size);
void* NewRefused(size_t size);

MEMGOV_HOT void* TryAllocateAligned(size_t alignment, size_t size, const void* caller) {
  if (!PassesGate(size)) [[unlikely]]
    return nullptr;
  ThreadRecord* record = threads::current;
  if (!Count(record, size)) [[unlikely]]
    return AllocateSlow({size, alignment, false, caller});
  const Guard guard(*record);
  return ChosenEngine::AllocateAligned(alignment, size, false);
}

#define MEMGOV_CALLER __builtin_return_address(0)

MEMGOV_HOT void* Malloc(size_t size) {
  if constexpr (AllocatesCounted<ChosenEngine>)
    return ChosenExtras::AllocateCounted(size, MallocRest, MallocRefused);
  void* block = TryAllocate(size, MEMGOV_CALLER);
  return block != nullptr ? block : OutOfMemory();
}

MEMGOV_HOT void* Calloc(size_t count, size_t size) {
  size_t bytes = 0;
  if (__builtin_mul_overflow(count, size, &bytes)) [[unlikely]]
    return OutOfMemory();
  if constexpr (AllocatesCounted<ChosenEngine>) {
    if (bytes <= ChosenExtras::LargestCounted()) {
      void* small = ChosenExtras::AllocateCounted(bytes, MallocRest, MallocRefused);
      return small != nullptr ? memset(small, 0, bytes) : nullptr;
    }
  }
  if (!PassesGate(bytes)) [[unlikely]]
    return OutOfMemory();
  ThreadRecord* record = threads::current;
  void* block = nullptr;
  if (!Count(record, bytes)) [[unlikely]] {
    block = AllocateSlow({bytes, 0, true, MEMGOV_CALLER});
  } else {
    const Guard guard(*record);
    block = ChosenEngine::AllocateZeroed(bytes);
  }
  return block != nullptr ? block : OutOfMemory();
}

// errno is the same after free as before it (POSIX.1-2024, and glibc since 2.33).
MEMGOV_HOT void FreeInEngine(void* block) {
  if (block == nullptr) return;
  ThreadRecord* record = threads::current;
  if (record == nullptr || MayBeSampled(block)) [[unlikely]]
    return FreeSlow(block);
  int* const errno_address = record->errno_address;
  const int saved = *errno_address;
  {
    const Guard guard(*record);
    ChosenEngine::Free(block);
  }
  if (*errno_address != saved) [[unlikely]]
    *errno_address = saved;
}

MEMGOV_HOT void Free(void* block) {
  if constexpr (HasTryFree<ChosenEngine>) {
    if (!ChosenExtras::TryFree(block)) [[unlikely]]
      FreeRest(block);
  } else {
    FreeInEngine(block);
  }
}

MEMGOV_HOT void* Realloc(void* block, size_t size) {
  if (block == nullptr) {
    void* fresh = TryAllocate(size, MEMGOV_CALLER);
    return fresh != nullptr ? fresh : OutOfMemory();
  }
  if (size == 0) {  // glibc: frees
    Free(block);
    return nullptr;
  }
  if (!PassesGate(size)) [[unlikely]]
    return OutOfMemory();
  ThreadRecord* record = threads::current;
  void* moved = nullptr;
  if (MayBeSampled(block) || !Count(record, size)) [[unlikely]] {
    moved = ResizeSlow(block, size, MEMGOV_CALLER);
  } else {
    const Guard guard(*record);
    moved = ChosenEngine::Resize(block, size);
  }
  return moved != nullptr ? moved : OutOfMemory();
}

MEMGOV_HOT void* New(size_t size) {
  if constexpr (AllocatesCounted<ChosenEngine>)
    return ChosenExtras::AllocateCounted(size, NewRest, NewRefused);
  void* block = TryAllocate(size, MEMGOV_CALLER);
  return block != nullptr ? block : NewFailed(size, 0);
}

MEMGOV_HOT void* NewNoThrow(size_t size, const void*) {
  void* block = TryAllocate(size, MEMGOV_CALLER);
  return block != nullptr ? block : NewNoThrowFailed(size, 0);
}

MEMGOV_HOT size_t AtLeast16(size_t alignment) { return alignment < 16 ? 16 : alignment; }

MEMGOV_HOT void* NewAligned(size_t size, size_t alignment) {
  void* block = TryAllocateAligned(AtLeast16(alignment), size, MEMGOV_CALLER);
  return block != nullptr ? block : NewFailed(size, alignment);
}

MEMGOV_HOT void* NewAlignedNoThrow(size_t size, size_t alignment, const void*) {
  void* block = TryAllocateAligned(AtLeast16(alignment), size, MEMGOV_CALLER);
  return block != nullptr ? block : NewNoThrowFailed(size, alignment);
}

// The size is not needed: each engine knows its blocks.
MEMGOV_HOT void FreeSized(void* block, size_t) { Free(block); }
MEMGOV_HOT void FreeAlignedSized(void* block, size_t, size_t) { Free(block); }

// Out of line: rare, and long.
void* Memalign(size_t alignment, size_t size);
int PosixMemalign(void** out, size_t alignment, size_t size);
void* Valloc(size_t size);
void* Pvalloc(size_t size);
void* Reallocarray(void* block, size_t count, size_t size);
size_t UsableSize(void* block);
void* Reallocf(void* block, size_t size);
int Reallocarr(void* block, size_t count, size_t size);
size_t GoodSize(size_t size);

}  // namespace memgov::surface

#endif  // MEMGOV_SHIM_MALLOC_SURFACE_H_
