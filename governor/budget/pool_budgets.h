// Soft budgets of pools: who is over. The budgets themselves are in the pool table.
//
// Safety: Check on one thread at a time (whoever ticks); IsOver on any. No allocation.
#ifndef MEMGOV_GOVERNOR_BUDGET_POOL_BUDGETS_H_
#define MEMGOV_GOVERNOR_BUDGET_POOL_BUDGETS_H_

#include "governor/base/engine_control.h"
#include "governor/pools/pool_table.h"

namespace memgov::pool_budgets {

// What it has got since it has shards of its own, exactly, and by samples what it had got before, or has
// where the engine keeps no such books.
uint64_t LiveBytes(EngineControl& engine, PoolId pool);

// A pool is over from its budget on, until it is below 95 % of it.
struct Outcome {
  bool any_over = false;
  PoolId worst = kNoPool;     // the one that is furthest above its budget
  uint64_t excess_bytes = 0;  // of that one
  bool newly = false;         // a pool was not over at the last check
};
Outcome Check(EngineControl& engine);

bool IsOver(PoolId pool);

}  // namespace memgov::pool_budgets

#endif  // MEMGOV_GOVERNOR_BUDGET_POOL_BUDGETS_H_
