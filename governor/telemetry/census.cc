#include "governor/telemetry/census.h"

#include "governor/base/os.h"
#include "governor/base/proc_self.h"
#include "governor/pools/thread_naming.h"
#include "governor/pools/thread_registry.h"

namespace memgov {
namespace {

uint64_t NotNegative(int64_t value) { return value > 0 ? static_cast<uint64_t>(value) : 0; }

// Nothing is held that is not in memory. 0: /proc could not be read.
uint64_t AtMost(uint64_t held_bytes, uint64_t anonymous_bytes) {
  return anonymous_bytes != 0 && anonymous_bytes < held_bytes ? anonymous_bytes : held_bytes;
}

void CountThreads(Census& census, uint64_t now_ns) {
  threads::ForEachRecord([&](ThreadRecord& record) {
    if (record.state.load(std::memory_order_relaxed) != ThreadState::kRunning) return;
    if (record.thread_pool.load(std::memory_order_relaxed) == kGovernorPool)
      return;  // the host's threads only
    PoolCensus& pool = census.pools[record.thread_pool.load(std::memory_order_relaxed)];
    const bool parked = record.active_ns + kParkedNs <= now_ns;
    ++pool.threads;
    ++census.threads;
    pool.parked += parked;
    census.parked += parked;
  });
}

// Bytes of pools that have shards or heaps of their own; returns what they hold together.
uint64_t CountOwn(EngineControl& engine, Census& census, EnginePoolBytes* own) {
  uint64_t held_bytes = 0;
  for (int id = 0; id < census.pool_count; ++id) {
    const bool counted = engine.PoolBytes(static_cast<uint32_t>(id), &own[id]);
    census.pools[id].exact = counted && own[id].counts_live;
    held_bytes += own[id].held_bytes;
  }
  return held_bytes;
}

void CountBytes(EngineControl& engine, Census& census, uint64_t held_bytes) {
  uint64_t live[kMostPools] = {};
  uint64_t peak[kMostPools] = {};
  uint64_t held[kMostPools] = {};
  EnginePoolBytes own[kMostPools];
  const uint64_t own_held_bytes = CountOwn(engine, census, own);
  for (int id = 0; id < census.pool_count; ++id) {
    const Pool& pool = pools::Get(static_cast<PoolId>(id));
    live[id] = NotNegative(pool.live_bytes.load(std::memory_order_relaxed));
    peak[id] = NotNegative(pool.peak_bytes.load(std::memory_order_relaxed));
    census.live_bytes += live[id] + own[id].live_bytes;
  }
  census.exact = engine.Describe(&census.engine);
  if (census.exact) {
    census.live_bytes = census.engine.live_bytes;
    held_bytes = census.engine.HeldBytes();
  }
  // Blocks that were never touched are live, though not in memory; and live is an estimate.
  if (held_bytes < census.live_bytes) held_bytes = census.live_bytes;
  census.held_bytes = held_bytes;
  const uint64_t shared_held_bytes = held_bytes > own_held_bytes ? held_bytes - own_held_bytes : 0;
  for (int id = 0; id < census.pool_count; ++id) {
    census.pools[id].live_bytes = live[id] + own[id].live_bytes;
    if (!own[id].counts_live) live[id] = peak[id] = 0;  // its own holds them
  }
  ApportionHeld(shared_held_bytes, live, peak, census.pool_count, held);
  for (int id = 0; id < census.pool_count; ++id) {
    PoolCensus& pool = census.pools[id];
    pool.held_bytes = held[id] + own[id].held_bytes;
    // Of two figures the counted one is right.
    if (pool.live_bytes <= pool.held_bytes) continue;
    if (own[id].counts_live) {
      pool.held_bytes = pool.live_bytes;
    } else {
      pool.live_bytes = pool.held_bytes;
    }
  }
}

}  // namespace

uint64_t SweepThreads(uint64_t now_ns) {
  uint64_t allocated = threads::RetiredAllocatedBytes();
  threads::ForEachRecord([&](ThreadRecord& record) {
    const uint64_t mine = record.AllocatedBytes();
    allocated += mine;
    if (mine == record.seen_allocated && record.active_ns != 0) return;
    record.seen_allocated = mine;
    record.active_ns = now_ns;
  });
  return allocated;
}

void NotePeaks() {
  for (int id = 0; id < pools::Count(); ++id) {
    Pool& pool = pools::Get(static_cast<PoolId>(id));
    const int64_t live = pool.live_bytes.load(std::memory_order_relaxed);
    if (live > pool.peak_bytes.load(std::memory_order_relaxed)) {
      pool.peak_bytes.store(live, std::memory_order_relaxed);
    }
  }
}

void ApportionHeld(uint64_t held_bytes, const uint64_t* live, const uint64_t* peak, int count,
                   uint64_t* out) {
  uint64_t live_sum = 0;
  double fallen_sum = 0;
  for (int id = 0; id < count; ++id) {
    live_sum += live[id];
    fallen_sum += peak[id] > live[id] ? static_cast<double>(peak[id] - live[id]) : 0;
  }
  const double beyond = held_bytes > live_sum ? static_cast<double>(held_bytes - live_sum) : 0;
  for (int id = 0; id < count; ++id) {
    double share = 0;
    if (fallen_sum > 0) {
      share = peak[id] > live[id] ? static_cast<double>(peak[id] - live[id]) / fallen_sum : 0;
    } else if (live_sum > 0) {
      share = static_cast<double>(live[id]) / static_cast<double>(live_sum);
    }
    out[id] = live[id] + static_cast<uint64_t>(beyond * share);
  }
}

Census TakeCensus(EngineControl& engine) {
  const uint64_t now_ns = os::NowNanoseconds();
  ResolveThreads(now_ns);
  NotePeaks();
  Census census;
  census.allocated_bytes = SweepThreads(now_ns);
  const ResidentMemory resident = ReadResidentMemory();
  census.resident_bytes = resident.total_bytes;
  census.pool_count = pools::Count();
  CountThreads(census, now_ns);
  CountBytes(engine, census, AtMost(engine.HeldBytes(), resident.anonymous_bytes));
  return census;
}

}  // namespace memgov
