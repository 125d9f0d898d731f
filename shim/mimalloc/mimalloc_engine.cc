#include "shim/mimalloc/mimalloc_engine.h"

#include <string.h>

#include "governor/base/errno_keeper.h"
#include "governor/budget/gate.h"
#include "shim/arena/arena_engine.h"
#include "shim/arena/group_limits.h"
#include "shim/arena/groups.h"
#include "shim/mimalloc/library.h"
#include "shim/mimalloc/own_memory.h"
#include "shim/mimalloc/pool_heaps.h"

namespace memgov {

using mimalloc::functions;
using mimalloc::TakesSize;
namespace own_memory = mimalloc::own_memory;
namespace pool_heaps = mimalloc::pool_heaps;

namespace mimalloc {
constinit std::atomic<size_t> largest{0};
}

namespace {

constexpr size_t kPageBytes = 4096;

// The guard, for callers that may have no record: then the thread is one that nobody looks for.
template <typename F>
auto Guarded(F&& function) {
  ThreadRecord* record = threads::current;
  if (record == nullptr) return function();
  const quiesce::Guard guard(*record);
  return function();
}

// mimalloc may say no before it asks for a slice: for a pool that has a limit that is no reason to take from
// what all share.
bool IsNearLimit() {
  const ThreadRecord* record = threads::current;
  if (record == nullptr) return false;
  return arena::group_limits::IsNear(
      arena::groups::GroupOf(record->current_pool.load(std::memory_order_relaxed)));
}

}  // namespace

void* MimallocEngine::FromArena(const Wish& wish) {
  if (wish.alignment != 0) return ArenaEngine::AllocateAligned(wish.alignment, wish.size, wish.zeroed);
  return wish.zeroed ? ArenaEngine::AllocateZeroed(wish.size) : ArenaEngine::Allocate(wish.size);
}

// Inside the guard.
void* MimallocEngine::Call(const Wish& wish) {
  if (wish.alignment != 0) {
    return wish.zeroed ? functions.zalloc_aligned(wish.size, wish.alignment)
                       : functions.malloc_aligned(wish.size, wish.alignment);
  }
  return wish.zeroed ? functions.zalloc(wish.size) : functions.malloc(wish.size);
}

void* MimallocEngine::FromLibrary(const Wish& wish) {
  const ErrnoKeeper keep_errno;
  return Guarded([&] { return Call(wish); });
}

void* MimallocEngine::FromSharedHeap(const Wish& wish) {
  const ErrnoKeeper keep_errno;
  ThreadRecord* record = threads::current;
  if (record == nullptr) return Call(wish);
  const quiesce::Guard guard(*record);
  const pool_heaps::Shared shared(*record);
  return Call(wish);
}

void* MimallocEngine::AllocateElsewhere(const Wish& wish) { return FromArena(wish); }

// mimalloc 3.6 says no when the gate did, and when its areas are full; any version when the kernel does.
void* MimallocEngine::AllocateAgain(const Wish& wish) {
  gate::Persistence persistence(wish.size, false);
  void* block = nullptr;
  bool refused = false;
  do {
    block = FromLibrary(wish);
    refused = gate::attempt.refused || gate::attempt.at_limit;
  } while (block == nullptr && persistence.MayTryAgain());
  if (block == nullptr) persistence.GiveUp();
  if (block != nullptr || refused || IsNearLimit()) return block;
  block = FromSharedHeap(wish);
  if (block == nullptr && Guarded([] { return own_memory::Grow(true); })) block = FromSharedHeap(wish);
  return block != nullptr ? block : FromArena(wish);
}

void* MimallocEngine::AllocateZeroed(size_t size) {
  const Wish wish = {mimalloc::AtLeastSmallest(size), 0, true};
  if (!TakesSize(wish.size) || threads::current == nullptr) return AllocateElsewhere(wish);
  void* block = FromLibrary(wish);
  return block != nullptr ? block : AllocateAgain(wish);
}

void* MimallocEngine::AllocateAligned(size_t alignment, size_t size, bool zeroed) {
  const Wish wish = {mimalloc::AtLeastSmallest(size), alignment, zeroed};
  if (!TakesSize(wish.size) || alignment > kPageBytes || threads::current == nullptr) return FromArena(wish);
  void* block = FromLibrary(wish);
  return block != nullptr ? block : AllocateAgain(wish);
}

void* MimallocEngine::AllocateSample(size_t alignment, size_t size, bool zeroed) {
  return ArenaEngine::AllocateSample(alignment, size, zeroed);
}

bool MimallocEngine::KeepsSample(const void* block) {
  return mimalloc::IsArenas(block) && ArenaEngine::KeepsSample(block);
}

bool MimallocEngine::TryFreeOther(void* block) {
  return mimalloc::IsArenas(block) && ArenaEngine::TryFreeOther(block);
}

void MimallocEngine::Free(void* block) {
  if (mimalloc::IsArenas(block) || !mimalloc::Owns(block)) return ArenaEngine::Free(block);
  Guarded([&] { functions.free(block); });
}

size_t MimallocEngine::UsableSize(const void* block) {
  if (mimalloc::IsArenas(block) || !mimalloc::Owns(block)) return ArenaEngine::UsableSize(block);
  return functions.usable_size(block);
}

void* MimallocEngine::Move(void* block, size_t old_size, size_t size) {
  void* moved = Allocate(size);
  if (moved == nullptr) return size <= old_size ? block : nullptr;
  memcpy(moved, block, old_size < size ? old_size : size);
  Free(block);
  return moved;
}

// Across the limit it moves to the other one.
void* MimallocEngine::Resize(void* block, size_t size) {
  const size_t wanted = mimalloc::AtLeastSmallest(size);
  if (mimalloc::IsArenas(block) || !mimalloc::Owns(block)) {
    const size_t usable = mimalloc::IsArenas(block) && TakesSize(wanted) ? ArenaEngine::UsableSize(block) : 0;
    return usable != 0 ? Move(block, usable, size) : ArenaEngine::Resize(block, size);
  }
  if (TakesSize(wanted)) {
    const ErrnoKeeper keep_errno;
    void* resized = Guarded([&] { return functions.realloc(block, wanted); });
    if (resized != nullptr) return resized;
  }
  return Move(block, functions.usable_size(block), size);
}

void MimallocEngine::OwnerTick() {
  ArenaEngine::OwnerTick();
  ThreadRecord* record = threads::current;
  if (record == nullptr || mimalloc::largest.load(std::memory_order_acquire) == 0) return;
  pool_heaps::Table* table = pool_heaps::Of(*record);
  if (table != nullptr && !own_memory::InUse()) return;
  pool_heaps::Table* const fresh = table == nullptr ? pool_heaps::NewTable() : nullptr;
  if (table == nullptr && fresh == nullptr) return;
  const ErrnoKeeper keep_errno;
  const quiesce::Guard guard(*record);
  own_memory::Grow(false);
  if (fresh != nullptr) pool_heaps::Register(*record, fresh);
  pool_heaps::Enter(*pool_heaps::Of(*record),
                    arena::groups::GroupOf(record->current_pool.load(std::memory_order_relaxed)));
}

void MimallocEngine::OwnerNamedPool(PoolId pool) {
  ArenaEngine::OwnerNamedPool(pool);
  OwnerTick();
}

// 2.0.9 says of no pool what it holds.
bool MimallocEngine::LimitPool(PoolId pool, uint64_t bytes) {
  if (!IsComplete()) return ArenaEngine::LimitPool(pool, bytes);
  if (!own_memory::InUse()) return false;
  arena::groups::Give(pool);
  const uint32_t group = arena::groups::GroupOf(pool);
  if (group == arena::groups::kShared || !Guarded([&] { return pool_heaps::MakeHeap(group); })) return false;
  return ArenaEngine::LimitPool(pool, bytes);
}

void MimallocEngine::OwnerLeaves() {
  if (threads::current != nullptr) pool_heaps::Leave(*threads::current);
}

void MimallocEngine::BeforeVfork() { ArenaEngine::BeforeVfork(); }

bool MimallocEngine::TakeWakeRequest() { return ArenaEngine::TakeWakeRequest(); }

}  // namespace memgov
