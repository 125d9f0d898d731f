// Idle per pool: a pool whose threads all rest while others work still has blocks in the CPUs' caches. They
// go back once per rest.
//
// Safety: one thread at a time (whoever ticks), after SweepThreads; no allocation.
#ifndef MEMGOV_GOVERNOR_RUNTIME_IDLE_POOLS_H_
#define MEMGOV_GOVERNOR_RUNTIME_IDLE_POOLS_H_

#include <stdint.h>

#include "governor/base/engine_control.h"

namespace memgov::governor::idle_pools {

// Less is not worth a stop of all CPUs' caches.
constexpr uint64_t kLeastCachedBytes = 64 << 10;

// Bytes cached for pools that have come to rest since the last call: no thread of theirs allocated for
// `idle_ns`. Pools without shards of their own have no caches of their own either. 0 when idle_ns is 0.
uint64_t NewlyCached(EngineControl& engine, uint64_t now_ns, uint64_t idle_ns);

void ResetInChild();

}  // namespace memgov::governor::idle_pools

#endif  // MEMGOV_GOVERNOR_RUNTIME_IDLE_POOLS_H_
