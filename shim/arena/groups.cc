#include "shim/arena/groups.h"

#include <atomic>

#include "shim/arena/shards.h"
#include "shim/arena/slots.h"

namespace memgov::arena::groups {
namespace {

// One set of locks for all cost 1.3 to 1.7 times the throughput of four; each busy shard costs about 0.8 MB
// (both measured for the design).
constexpr uint32_t kMostPerGroup = 4;
constexpr int64_t kDefaultMost = 8;

// Written before it is counted, and read after: `count` (release, acquire), or a pool's group (the same).
struct Group {
  uint8_t first_shard = 0;
  uint8_t shards = 1;
};
constinit FutexLock groups_lock{LockRank::kGroups};
// Under groups_lock, but for reading the counts.
constinit Group all[kMostGroups];
constinit uint32_t most_shards = 1;
constinit uint32_t shards_per_group = 1;
constinit std::atomic<uint32_t> shards_used{1};
constinit std::atomic<uint32_t> count{1};
constinit std::atomic<uint8_t> group_of_pool[kMostPools];

}  // namespace

void Start(int cpus, int64_t most) {
  const int64_t capped = most == 0 ? kDefaultMost : most < shards::kMostShards ? most : shards::kMostShards;
  uint32_t shared = cpus < 1 ? 1 : static_cast<uint32_t>(cpus);
  if (shared > kMostPerGroup) shared = kMostPerGroup;
  if (shared > capped) shared = static_cast<uint32_t>(capped);
  most_shards = static_cast<uint32_t>(capped);
  shards_per_group = shared;
  all[kShared].shards = static_cast<uint8_t>(shared);
  shards_used.store(shared, std::memory_order_relaxed);
}

uint32_t Count() { return count.load(std::memory_order_acquire); }

uint32_t GroupOf(PoolId pool) {
  return pool < kMostPools ? group_of_pool[pool].load(std::memory_order_acquire) : kShared;
}

uint32_t ShardFor(uint32_t group, uint32_t id) { return all[group].first_shard + id % all[group].shards; }

ShardRange ShardsOf(uint32_t group) { return {all[group].first_shard, all[group].shards}; }

uint32_t ShardCount() { return shards_used.load(std::memory_order_relaxed); }
FutexLock& Lock() { return groups_lock; }

void Give(PoolId pool) {
  if (pool >= kMostPools || pool == kUnresolvedPool || GroupOf(pool) != kShared) return;
  if (shards_used.load(std::memory_order_relaxed) >= most_shards) return;  // asked for each scope
  FutexLockHolder hold(groups_lock);
  const uint32_t group = count.load(std::memory_order_relaxed);
  const uint32_t used = shards_used.load(std::memory_order_relaxed);
  if (group >= kMostGroups || used >= most_shards || GroupOf(pool) != kShared) return;
  const uint32_t left = most_shards - used;
  const uint32_t got = shards_per_group < left ? shards_per_group : left;
  all[group].first_shard = static_cast<uint8_t>(used);
  all[group].shards = static_cast<uint8_t>(got);
  slots::StartTable(group);
  shards_used.store(used + got, std::memory_order_relaxed);
  count.store(group + 1, std::memory_order_release);
  group_of_pool[pool].store(static_cast<uint8_t>(group), std::memory_order_release);
}

}  // namespace memgov::arena::groups
