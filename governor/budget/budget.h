// The budget of this process: what applies, what is charged against it, and which rung of the ladder we are
// on.
//
// Safety: Start and Tick on one thread at a time (the governor's, or the one that ticks); everything else on
// any thread, from within malloc too; no allocation.
#ifndef MEMGOV_GOVERNOR_BUDGET_BUDGET_H_
#define MEMGOV_GOVERNOR_BUDGET_BUDGET_H_

#include <stdint.h>

#include "governor/base/engine_control.h"
#include "governor/policy/ladder.h"
#include "governor/policy/limits.h"
#include "governor/pressure/cgroup.h"

namespace memgov::budget {

// Finds the cgroup and applies MEMGOV_BUDGET. At the governor's first tick, and once by whoever asks before
// that (the C API): a second call does nothing. Not from within malloc.
void Start(EngineControl& engine);
bool Started();

// Limits in force; kept under a sequence lock of atomics, so that the four belong together.
Limits CurrentLimits();

// From the API: 0, 0 goes back to the environment. False, and nothing changes, where ResolveLimits cannot
// make sense of it (memgov.h says what is allowed).
bool Set(uint64_t soft_bytes, uint64_t hard_bytes);

struct Charge {
  uint64_t charged_bytes = 0;    // against CurrentLimits
  uint64_t container_bytes = 0;  // against the container's limit; the same but for budgets of the user's own
  uint64_t anonymous_bytes = 0;  // of this process
  bool from_cgroup = false;
};
// A reading now, 20 to 100 us; opens the gate accordingly.
Charge Read();
// The last one.
Charge Last();

Rung CurrentRung();

// The cgroup that Start found, for telemetry and pressure.
const CgroupFiles& Cgroup();

struct Counters {
  uint64_t refused = 0;
  uint64_t refused_bytes = 0;
  uint64_t emergencies = 0;
  uint64_t emergency_bytes = 0;
  uint64_t emergency_longest_ns = 0;
  uint64_t stalled_us = 0;
  uint64_t high_events = 0;
  uint64_t max_events = 0;
  uint64_t oom_kills = 0;
  uint32_t cohort_members = 1;
};
Counters ReadCounters();

}  // namespace memgov::budget

#endif  // MEMGOV_GOVERNOR_BUDGET_BUDGET_H_
