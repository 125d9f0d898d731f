#include "governor/budget/pool_budgets.h"

#include <atomic>

#include "governor/policy/ladder.h"

namespace memgov::pool_budgets {
namespace {

static_assert(kMostPools <= 64, "a bit for each");
constinit std::atomic<uint64_t> over{0};  // relaxed: an answer may be one tick old

}  // namespace

uint64_t LiveBytes(EngineControl& engine, PoolId pool) {
  EnginePoolBytes own;
  if (!engine.PoolBytes(pool, &own)) own.live_bytes = 0;
  const int64_t sampled = pools::Get(pool).live_bytes.load(std::memory_order_relaxed);
  return own.live_bytes + (sampled > 0 ? static_cast<uint64_t>(sampled) : 0);
}

Outcome Check(EngineControl& engine) {
  Outcome outcome;
  const uint64_t before = over.load(std::memory_order_relaxed);
  uint64_t now = 0;
  for (int id = 0; id < pools::Count(); ++id) {
    const PoolId pool = static_cast<PoolId>(id);
    const uint64_t budget = pools::Get(pool).soft_budget_bytes.load(std::memory_order_relaxed);
    if (budget == UINT64_MAX) continue;
    const uint64_t bit = uint64_t{1} << id;
    const uint64_t live = LiveBytes(engine, pool);
    const uint64_t line = (before & bit) != 0 ? budget / 100 * Ladder::kLeavePercent : budget;
    if (live < line) continue;
    now |= bit;
    const uint64_t excess = live > budget ? live - budget : 0;
    if (outcome.worst == kNoPool || excess > outcome.excess_bytes) {
      outcome.worst = pool;
      outcome.excess_bytes = excess;
    }
  }
  over.store(now, std::memory_order_relaxed);
  outcome.any_over = now != 0;
  outcome.newly = (now & ~before) != 0;
  return outcome;
}

bool IsOver(PoolId pool) {
  return pool < kMostPools && (over.load(std::memory_order_relaxed) >> pool & 1) != 0;
}

}  // namespace memgov::pool_budgets
