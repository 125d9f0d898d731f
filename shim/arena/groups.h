// Groups of shards: what a pool of threads allocates from. Group 0 is shared by all pools that have none of
// their own; a pool gets one when a rule or the API named it, or when it holds over 16 MB, as long as
// MEMGOV_ARENA_MAX allows: then its live and held bytes are the group's, exactly.
//
// Safety: any thread; Give is the governor's and the API's.
#ifndef MEMGOV_SHIM_ARENA_GROUPS_H_
#define MEMGOV_SHIM_ARENA_GROUPS_H_

#include <stdint.h>

#include "governor/pools/pool_table.h"
#include "shim/arena/page_entry.h"

namespace memgov::arena::groups {

constexpr uint32_t kShared = 0;

// In the constructor: how many shards there may be.
void Start(int cpus, int64_t most_shards);

uint32_t Count();
uint32_t GroupOf(PoolId pool);

// The shard that a thread with this slot number allocates from.
uint32_t ShardFor(uint32_t group, uint32_t id);
struct ShardRange {
  uint32_t first;
  uint32_t count;
};
ShardRange ShardsOf(uint32_t group);

// Shards in use by all groups.
uint32_t ShardCount();

// For fork: no group comes into being meanwhile.
FutexLock& Lock();

// A group of its own for the pool; nothing when it has one or none is left.
void Give(PoolId pool);

}  // namespace memgov::arena::groups

#endif  // MEMGOV_SHIM_ARENA_GROUPS_H_
