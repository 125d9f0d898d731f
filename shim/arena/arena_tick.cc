// The governor's side of the arena engine: figures, the demand window, giving back.
#include "governor/base/os.h"
#include "governor/pools/pool_table.h"
#include "governor/release/demand_window.h"
#include "shim/arena/arena_engine.h"
#include "shim/arena/bad_free.h"
#include "shim/arena/foreign.h"
#include "shim/arena/groups.h"
#include "shim/arena/page_heap.h"
#include "shim/arena/shards.h"

namespace memgov {

using namespace arena;  // NOLINT: this file is the arena engine's back

namespace {

constexpr uint64_t kOwnShardsFromBytes = 16 << 20;
constexpr uint64_t kSecondNs = 1000000000;

// Under the release lock.
struct TickState {
  DemandWindow window;
  uint64_t gave_back_ns = 0;
  uint64_t unstarved_ns = 0;
};
constinit TickState state;

// Several CPUs' worth of a pool deserves locks of its own, and exact figures.
void GiveShardsToLargePools() {
  for (int id = 0; id < pools::Count(); ++id) {
    const Pool& pool = pools::Get(static_cast<PoolId>(id));
    const bool large = pool.live_bytes.load(std::memory_order_relaxed) > int64_t{kOwnShardsFromBytes};
    if (large || pool.named_by_user.load(std::memory_order_relaxed)) groups::Give(static_cast<PoolId>(id));
  }
}

WindowReadings ReadWindow(uint64_t now_ns) {
  const pages::Figures figures = pages::ReadAndRestartPeak();
  WindowReadings readings;
  readings.now_ns = now_ns;
  readings.used_bytes = figures.UsedBytes();
  readings.peak_used_bytes = figures.peak_used_bytes;
  readings.dirty_bytes = figures.dirty_bytes;
  readings.cached_bytes = slots::CachedBytes(kMostGroups);
  readings.refills = figures.allocations + shards::Refills();
  readings.refaulted_bytes = figures.refaulted_bytes;
  return readings;
}

// A class that could not grow in a full slot gets its chance once a second.
void FeedStarved(uint64_t now_ns) {
  if (now_ns - state.unstarved_ns < kSecondNs || !slots::AnyStarved()) return;
  slots::Drain(true);
  state.unstarved_ns = now_ns;
}

uint64_t GroupLive(uint32_t group, uint64_t* slab_used) {
  const groups::ShardRange range = groups::ShardsOf(group);
  uint64_t used = 0;
  for (uint32_t shard = range.first; shard < range.first + range.count; ++shard) {
    for (uint32_t size_class = 0; size_class < kClasses; ++size_class) {
      used += shards::Read(shard, size_class).used_blocks * kSizeClasses[size_class].bytes;
    }
  }
  *slab_used = used;
  const uint64_t cached = slots::CachedBytes(group);
  return used > cached ? used - cached : 0;
}

uint64_t SmallLive(uint64_t* slab_used) {
  uint64_t live = 0;
  *slab_used = 0;
  for (uint32_t group = 0; group < groups::Count(); ++group) {
    uint64_t used = 0;
    live += GroupLive(group, &used);
    *slab_used += used;
  }
  return live;
}

}  // namespace

uint64_t ArenaEngine::HeldBytes() { return pages::Read().HeldBytes(); }

uint64_t ArenaEngine::ReleasableBytes() {
  return pages::Read().dirty_bytes + slots::CachedBytes(kMostGroups);
}

uint64_t ArenaEngine::GiveBack(uint64_t most_bytes) {
  pages::TakeLongestHoldNs();
  slots::Drain(false);
  pages::GiveBack(most_bytes);
  pages::GiveBackMetadata();
  return pages::TakeLongestHoldNs();
}

uint64_t ArenaEngine::GiveBackUntil(uint64_t deadline_ns) {
  pages::TakeLongestHoldNs();
  slots::Drain(false);
  pages::GiveBack(UINT64_MAX, deadline_ns);
  return pages::TakeLongestHoldNs();
}

EngineTick ArenaEngine::Tick(uint64_t now_ns) {
  pages::TakeLongestHoldNs();
  GiveShardsToLargePools();
  const WindowDecision decision = state.window.Tick(ReadWindow(now_ns));
  EngineTick done;
  done.sleep_ns = decision.sleep_ns;
  if (decision.drain_slots) {
    slots::Drain(false);
  } else {
    FeedStarved(now_ns);
  }
  if (decision.give_back_bytes != 0) done.given_back_bytes = pages::GiveBack(decision.give_back_bytes);
  if (decision.drain_slots) done.given_back_bytes += pages::GiveBackMetadata();
  if (done.given_back_bytes != 0) state.gave_back_ns = now_ns;
  // A rest may be long: what is taken again after it is no regret.
  pages::NoteRecentGiveBack(state.gave_back_ns != 0 && now_ns - state.gave_back_ns < kSecondNs &&
                            done.sleep_ns < kSecondNs);
  done.stall_ns = pages::TakeLongestHoldNs();
  return done;
}

bool ArenaEngine::Describe(EngineFigures* figures) {
  const pages::Figures read = pages::Read();
  uint64_t slab_used = 0;
  const uint64_t small_live = SmallLive(&slab_used);
  figures->live_bytes = small_live + read.large_bytes;
  figures->fragmentation_bytes = read.slab_bytes > slab_used ? read.slab_bytes - slab_used : 0;
  figures->slot_bytes = slab_used - small_live;
  figures->dirty_bytes = read.dirty_bytes + read.limbo_bytes;
  figures->metadata_bytes = read.metadata_bytes + slots::SlotMetadataBytes();
  figures->usable_bytes = read.usable_bytes;
  figures->reserved_bytes = read.reserved_bytes;
  figures->shards = groups::ShardCount();
  figures->bad_frees = BadFrees();
  figures->foreign_frees = foreign::Frees();
  figures->window_ns = state.window.WindowNs();
  return true;
}

bool ArenaEngine::PoolBytes(PoolId pool, EnginePoolBytes* bytes) {
  const uint32_t group = groups::GroupOf(pool);
  if (group == groups::kShared) return false;
  const pages::Figures read = pages::Read();
  uint64_t slab_used = 0;
  bytes->live_bytes = GroupLive(group, &slab_used) + read.group_large[group];
  bytes->held_bytes = read.group_slab[group] + read.group_large[group];
  bytes->cached_bytes = slots::CachedBytes(group);
  return true;
}

bool ArenaEngine::DescribeClass(uint32_t index, EngineClass* size_class) {
  if (index >= kClasses) return false;
  const SizeClass& form = kSizeClasses[index];
  *size_class = {};
  size_class->block_bytes = form.bytes;
  const uint32_t count = groups::ShardCount();
  for (uint32_t shard = 0; shard < count; ++shard) {
    const shards::ClassFigures read = shards::Read(shard, index);
    size_class->slabs += read.slabs;
    size_class->used_blocks += read.used_blocks;
  }
  size_class->free_blocks = size_class->slabs * form.blocks - size_class->used_blocks;
  size_class->waste_bytes =
      size_class->slabs * (form.pages * kPageBytes - uint64_t{form.blocks} * form.bytes);
  return true;
}

}  // namespace memgov
