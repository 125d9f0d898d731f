#include "shim/arena/arena_engine.h"

#include <string.h>

#include "governor/base/cpus.h"
#include "governor/budget/gate.h"
#include "governor/config/options.h"
#include "governor/pools/thread_registry.h"
#include "shim/arena/bad_free.h"
#include "shim/arena/foreign.h"
#include "shim/arena/group_limits.h"
#include "shim/arena/groups.h"
#include "shim/arena/page_heap.h"
#include "shim/arena/shards.h"

namespace memgov {

using namespace arena;  // NOLINT: this file is the arena engine's front

namespace {

uint32_t OwnGroup() {
  const ThreadRecord* record = threads::current;
  return record == nullptr ? groups::kShared
                           : groups::GroupOf(record->current_pool.load(std::memory_order_relaxed));
}

bool IsAttached() { return slots::view.tables != nullptr || slots::Attach(OwnGroup()); }

// One at a time: a slot that was stopped or filled meanwhile leaves the rest to the shard.
void Stock(const void* table, uint32_t size_class, void* const* blocks, uint32_t count) {
  uint32_t done = 0;
  while (done < count && slots::Push(table, kSizeClasses[size_class].line, blocks[done])) ++done;
  if (done < count) shards::Return(size_class, blocks + done, count - done);
}

uint32_t RefillCount(const slots::Slot& slot, uint32_t size_class) {
  const SizeClass& made = kSizeClasses[size_class];
  const uint32_t half = static_cast<uint32_t>(slot.cells[made.line].Limit() + 1) / 2;
  const uint32_t most = made.batch < shards::kMostBatch ? made.batch : shards::kMostBatch;
  return half < 1 ? 1 : half < most ? half : most;
}

void* Zeroed(void* block, size_t size) {
  if (block != nullptr) memset(block, 0, size);
  return block;
}

void* AllocatePages(size_t alignment, size_t size, bool zeroed) {
  const size_t bytes = (size + kPageBytes - 1) & ~size_t{kPageBytes - 1};
  gate::Persistence persistence(bytes, bytes >= gate::kBigBytes);
  bool clean = false;
  void* block = nullptr;
  do {
    block = pages::AllocateLarge(size, alignment, OwnGroup(), &clean);
  } while (block == nullptr && persistence.MayTryAgain());
  if (block == nullptr) persistence.GiveUp();
  return zeroed && !clean ? Zeroed(block, size) : block;
}

// When there is no more memory: what other shards have, then what slots of other CPUs and pools have. It
// counts for the pool whose slab it is of: a pool at its own limit gets what is its own.
void* TakeElsewhere(uint32_t group, uint32_t size_class) {
  const groups::ShardRange all = {0, groups::ShardCount()};
  const groups::ShardRange range = gate::attempt.at_limit ? groups::ShardsOf(group) : all;
  if (void* block = shards::TakeAnywhere(range.first, range.count, size_class); block != nullptr)
    return block;
  if (FutexLock::HoldsAny() || !slots::Holds(size_class)) return nullptr;
  slots::Drain(false);
  return shards::TakeAnywhere(range.first, range.count, size_class);
}

uint32_t TakeBlocks(uint32_t shard, uint32_t group, uint32_t size_class, void** out, uint32_t want) {
  gate::Persistence persistence(uint64_t{kSizeClasses[size_class].pages} * kPageBytes, false);
  uint32_t taken = 0;
  do {
    taken = shards::Take(shard, group, size_class, out, want);
  } while (taken == 0 && persistence.MayTryAgain());
  if (taken == 0 && (out[0] = TakeElsewhere(group, size_class)) != nullptr) return 1;
  if (taken == 0) persistence.GiveUp();
  return taken;
}

void* TakeOne(uint32_t size_class) {
  void* block = nullptr;
  const uint32_t group = OwnGroup();
  TakeBlocks(groups::ShardFor(group, slots::CurrentId()), group, size_class, &block, 1);
  return block;
}

}  // namespace

// The blocks are in this function's hands while it fetches them, not in the slot: holding a slot across the
// wait for a lock cost half the throughput (measured for the design).
void* ArenaEngine::AllocateSmall(uint32_t size_class) {
  if (!IsAttached()) return TakeOne(size_class);
  const void* table = slots::view.own;
  if (void* block = slots::Pop(table, kSizeClasses[size_class].line); block != nullptr) return block;
  const uint32_t group = slots::view.own_group;
  slots::Slot* slot = slots::Current(group);
  if (slot == nullptr) return TakeOne(size_class);
  slots::GrowLimit(*slot, size_class);
  void* batch[shards::kMostBatch];
  const uint32_t taken =
      TakeBlocks(groups::ShardFor(group, slot->id), group, size_class, batch, RefillCount(*slot, size_class));
  if (taken == 0) return nullptr;
  if (taken > 1) Stock(table, size_class, batch + 1, taken - 1);
  return batch[0];
}

void* ArenaEngine::Allocate(size_t size) {
  if (size > kLargestSmall) return AllocatePages(kPageBytes, size, false);
  return AllocateSmall(ClassOfSize(size));
}

void* ArenaEngine::AllocateZeroed(size_t size) {
  if (size > kLargestSmall) return AllocatePages(kPageBytes, size, true);
  return Zeroed(Allocate(size), size);
}

void* ArenaEngine::AllocateAligned(size_t alignment, size_t size, bool zeroed) {
  if (alignment <= kPageBytes && size <= kLargestSmall) {
    const uint32_t size_class = ClassOfAligned(size, alignment);
    if (size_class < kClasses) {
      void* block = Allocate(kSizeClasses[size_class].bytes);
      return zeroed ? Zeroed(block, size) : block;
    }
  }
  return AllocatePages(alignment, size == 0 ? 1 : size, zeroed);
}

void* ArenaEngine::AllocateSample(size_t alignment, size_t size, bool zeroed) {
  return AllocatePages(alignment, size == 0 ? 1 : size, zeroed);
}

bool ArenaEngine::KeepsSample(const void* block) {
  return !IsInChunk(block) ||
         ChunkOf(block)->EntryOf(reinterpret_cast<uintptr_t>(block)).kind() != PageKind::kSlab;
}

bool ArenaEngine::TryFreeOther(void* block) {
  if (!IsInChunk(block) || slots::view.tables == nullptr) return false;
  const uintptr_t address = reinterpret_cast<uintptr_t>(block);
  const PageEntry entry = ChunkOf(block)->EntryOf(address);
  return entry.kind() == PageKind::kSlab && entry.IsBlock(address) &&
         slots::Push(&slots::view.tables[entry.group()], entry.line(), block);
}

void ArenaEngine::FreeSmall(PageEntry entry, void* block) {
  const uint32_t size_class = entry.size_class();
  void* batch[shards::kMostBatch];
  uint32_t count = 0;
  if (IsAttached()) {
    const void* table = &slots::view.tables[entry.group()];
    if (slots::Push(table, entry.line(), block)) return;
    if (slots::Slot* slot = slots::Current(entry.group()); slot != nullptr) {
      slots::GrowLimit(*slot, size_class);
      if (slots::Push(table, entry.line(), block)) return;
      const uint32_t most = RefillCount(*slot, size_class);
      while (count + 1 < most && (batch[count] = slots::Pop(table, entry.line())) != nullptr) ++count;
    }
  }
  batch[count++] = block;
  shards::Return(size_class, batch, count);
}

void ArenaEngine::Free(void* block) {
  Chunk* chunk = ChunkHolding(block);
  if (chunk == nullptr) return foreign::Free(block);
  const uintptr_t address = reinterpret_cast<uintptr_t>(block);
  const PageEntry entry = chunk->EntryOf(address);
  if (entry.kind() == PageKind::kSlab)
    return entry.IsBlock(address) ? FreeSmall(entry, block) : ExplainBadFree(block);
  if (!pages::FreeLarge(chunk, block)) ExplainBadFree(block);
}

bool ArenaEngine::TakeWakeRequest() { return pages::TakeWakeRequest(); }

namespace {

// `entry`: the block's page's. 0: no block.
size_t UsableIn(const Chunk* chunk, PageEntry entry, const void* block) {
  if (entry.kind() != PageKind::kSlab) return pages::LargeBytes(chunk, block);
  return entry.IsBlock(reinterpret_cast<uintptr_t>(block)) ? kSizeClasses[entry.size_class()].bytes : 0;
}

}  // namespace

size_t ArenaEngine::UsableSize(const void* block) {
  const Chunk* chunk = ChunkHolding(block);
  if (chunk == nullptr) return foreign::UsableSize(block);
  return UsableIn(chunk, chunk->EntryOf(reinterpret_cast<uintptr_t>(block)), block);
}

namespace {

// Where it is, if it fits and does not waste more than half of it.
bool StaysInSlab(PageEntry entry, size_t size) {
  const size_t bytes = kSizeClasses[entry.size_class()].bytes;
  return size <= bytes && (size >= bytes / 2 || bytes <= 64);
}

}  // namespace

void* ArenaEngine::Resize(void* block, size_t size) {
  Chunk* chunk = ChunkHolding(block);
  if (chunk == nullptr) return foreign::Resize(block, size);
  const PageEntry entry = chunk->EntryOf(reinterpret_cast<uintptr_t>(block));
  const size_t usable = UsableIn(chunk, entry, block);
  if (usable == 0) {
    ExplainBadFree(block);
    return nullptr;
  }
  const bool small = entry.kind() == PageKind::kSlab;
  if (small ? StaysInSlab(entry, size) : pages::ResizeLarge(chunk, block, size)) return block;
  void* moved = Allocate(size);
  if (moved == nullptr) return size <= usable ? block : nullptr;
  memcpy(moved, block, usable < size ? usable : size);
  if (!TryFree(block)) Free(block);
  return moved;
}

void ArenaEngine::Start() {
  constexpr slots::Way kWays[] = {slots::Way::kSequences, slots::Way::kSequences, slots::Way::kPortable,
                                  slots::Way::kNone};
  pages::Configure();
  groups::Start(CpusByAffinityAndQuota(), options::Get(Option::kArenaMax));
  const bool checks = options::Get(Option::kCheck) != 0;
  slots::Start(checks ? slots::Way::kNone : kWays[options::Get(Option::kSlots)]);
}

void ArenaEngine::OwnerTick() {
  if (slots::view.tables != nullptr) slots::Attach(OwnGroup());
}

void ArenaEngine::OwnerNamedPool(PoolId pool) {
  groups::Give(pool);
  OwnerTick();
}

bool ArenaEngine::LimitPool(PoolId pool, uint64_t bytes) {
  groups::Give(pool);
  const uint32_t group = groups::GroupOf(pool);
  if (group == groups::kShared) return false;
  group_limits::all[group].limit.store(bytes, std::memory_order_relaxed);
  return true;
}

bool ArenaEngine::CountsExactly(const ThreadRecord&) { return OwnGroup() != groups::kShared; }

}  // namespace memgov
