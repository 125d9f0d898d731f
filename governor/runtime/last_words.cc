#include "governor/runtime/last_words.h"

#include "governor/base/os.h"
#include "governor/budget/admission.h"
#include "governor/budget/pool_budgets.h"
#include "governor/cohort/cohort.h"
#include "governor/pools/pool_table.h"
#include "governor/telemetry/evidence.h"

namespace memgov::governor::last_words {
namespace {

constexpr uint64_t kLeastPercent = 75;  // of soft
// 64 lines of this distance are the last 12 seconds.
constexpr uint64_t kAgainNs = 200 * 1000000ULL;

struct State {
  bool open_failed = false;
  uint64_t written_ns = 0;
  int64_t live_bytes[kMostPools] = {};  // of each pool, at the last line
};
constinit State state;

// Fills in the pool that grew most, and the sum of what all have.
void FindGrowth(EngineControl& engine, evidence::Line& line) {
  int64_t sum = 0;
  for (int id = 0; id < pools::Count(); ++id) {
    const int64_t live = static_cast<int64_t>(pool_budgets::LiveBytes(engine, static_cast<PoolId>(id)));
    const int64_t growth = live - state.live_bytes[id];
    state.live_bytes[id] = live;
    sum += live;
    if (growth <= line.grew_bytes) continue;
    line.grew_bytes = growth;
    line.grew_pool = pools::Get(static_cast<PoolId>(id)).name;
  }
  EngineFigures exact;
  line.live_bytes = engine.Describe(&exact) ? exact.live_bytes : static_cast<uint64_t>(sum);
}

bool OpenIfNeeded(EngineControl& engine, char** environment) {
  if (evidence::IsOpen()) return true;
  if (state.open_failed) return false;
  const char* folder = cohort::RuntimeFolder(environment);
  state.open_failed = *folder == '\0' || !evidence::Open(folder, engine.Name());
  return !state.open_failed;
}

}  // namespace

void Note(EngineControl& engine, const budget::Charge& charge, uint64_t now_ns, char** environment) {
  const Limits limits = budget::CurrentLimits();
  if (!limits.Any() || charge.charged_bytes < limits.soft_bytes / 100 * kLeastPercent ||
      now_ns - state.written_ns < kAgainNs || !OpenIfNeeded(engine, environment))
    return;
  state.written_ns = now_ns;
  evidence::Line line;
  line.wall_clock_s = os::WallClockSeconds();
  line.rung = RungName(budget::CurrentRung());
  line.charged_bytes = charge.charged_bytes;
  line.soft_bytes = limits.soft_bytes;
  line.hard_bytes = limits.hard_bytes;
  line.limit_bytes = limits.container_bytes == UINT64_MAX ? 0 : limits.container_bytes;
  line.anonymous_bytes = charge.anonymous_bytes;
  line.held_bytes = engine.GivesBackInSlices() ? engine.HeldBytes() : 0;
  line.refused = budget::ReadCounters().refused;
  const admission::Counters admissions = admission::ReadCounters();
  line.rejected = admissions.deferred + admissions.rejected;
  FindGrowth(engine, line);
  evidence::Write(line);
}

void ResetInChild() { state = State{}; }

}  // namespace memgov::governor::last_words
