#include "governor/runtime/idle_pools.h"

#include "governor/pools/pool_table.h"
#include "governor/pools/thread_registry.h"

namespace memgov::governor::idle_pools {
namespace {

static_assert(kMostPools <= 64, "a bit for each");
constinit uint64_t resting = 0;  // at the last call

// A bit for each pool that has threads, none of which allocated lately.
uint64_t RestingNow(uint64_t now_ns, uint64_t idle_ns) {
  uint64_t populated = 0;
  uint64_t active = 0;
  threads::ForEachRecord([&](ThreadRecord& record) {
    if (record.state.load(std::memory_order_relaxed) != ThreadState::kRunning) return;
    const uint64_t bit = uint64_t{1} << record.thread_pool.load(std::memory_order_relaxed);
    populated |= bit;
    if (record.active_ns + idle_ns > now_ns) active |= bit;
  });
  return populated & ~active;
}

}  // namespace

uint64_t NewlyCached(EngineControl& engine, uint64_t now_ns, uint64_t idle_ns) {
  if (idle_ns == 0) return 0;
  const uint64_t now = RestingNow(now_ns, idle_ns);
  const uint64_t newly = now & ~resting;
  resting = now;
  uint64_t cached = 0;
  for (int id = 0; id < pools::Count(); ++id) {
    EnginePoolBytes bytes;
    if ((newly >> id & 1) == 0 || !engine.PoolBytes(static_cast<uint32_t>(id), &bytes)) continue;
    if (bytes.cached_bytes >= kLeastCachedBytes) cached += bytes.cached_bytes;
  }
  return cached;
}

void ResetInChild() { resting = 0; }

}  // namespace memgov::governor::idle_pools
