// Hard limits of groups (groups.h): what a group may hold, in slabs, large blocks and, with mimalloc 3.6, its
// own area. The shared group has none.
//
// `held` follows each change under the lock, or by the one thread, that makes it; relaxed, because a limit is
// looked at before what it bounds is taken: takers at the same moment may pass it together, by one request
// each.
//
// Safety: any thread, from within malloc.
#ifndef MEMGOV_SHIM_ARENA_GROUP_LIMITS_H_
#define MEMGOV_SHIM_ARENA_GROUP_LIMITS_H_

#include <stdint.h>

#include <atomic>

#include "governor/budget/gate.h"
#include "shim/arena/page_entry.h"

namespace memgov::arena::group_limits {

struct Books {
  std::atomic<uint64_t> held{0};
  std::atomic<uint64_t> limit{UINT64_MAX};
};
inline constinit Books all[kMostGroups];

inline void Change(uint32_t group, int64_t bytes) {
  all[group].held.fetch_add(static_cast<uint64_t>(bytes), std::memory_order_relaxed);
}

// False, and noted in this thread's attempt, when the group would pass its limit.
inline bool MayHold(uint32_t group, uint64_t bytes) {
  const uint64_t limit = all[group].limit.load(std::memory_order_relaxed);
  if (limit == UINT64_MAX || gate::attempt.exempt) [[likely]]
    return true;
  const uint64_t held = all[group].held.load(std::memory_order_relaxed);
  if (held <= limit && bytes <= limit - held) return true;
  gate::attempt.at_limit = true;
  return false;
}

// Within a MiB of it.
inline bool IsNear(uint32_t group) {
  constexpr uint64_t kNearBytes = uint64_t{1} << 20;
  const uint64_t limit = all[group].limit.load(std::memory_order_relaxed);
  return limit != UINT64_MAX && all[group].held.load(std::memory_order_relaxed) + kNearBytes >= limit;
}

}  // namespace memgov::arena::group_limits

#endif  // MEMGOV_SHIM_ARENA_GROUP_LIMITS_H_
