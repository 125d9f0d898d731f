// The budget of this process: what applies, what is charged against it, and which rung of the ladder we are
// on.
//
// Safety: any thread, from within malloc too; no allocation, no locks, under 4 KiB of stack.
#ifndef MEMGOV_GOVERNOR_BUDGET_BUDGET_H_
#define MEMGOV_GOVERNOR_BUDGET_BUDGET_H_

#include <stdint.h>

#include "governor/base/engine_control.h"
#include "governor/cohort/cohort.h"
#include "governor/policy/ladder.h"
#include "governor/policy/limits.h"
#include "governor/pressure/cgroup.h"

namespace memgov::budget {

// In the constructor: from then on the gate asks (gate.h), and Start means something.
void Install(EngineControl& engine);

// Finds the cgroup, applies MEMGOV_BUDGET and reads once. At the governor's first tick, when the gate asks
// first, or when the C API does; who comes while another is at it waits, 10 ms at most.
void Start();
bool Started();

// Limits in force. Each field is an atomic of its own: while a limit changes, a caller may see one old and
// one new.
Limits CurrentLimits();

// From the API, in bytes; 0, 0 goes back to the environment, UINT64_MAX twice means none. False, and nothing
// changes, when soft is above hard or either is below kLeastBudgetBytes.
constexpr uint64_t kLeastBudgetBytes = 1 << 20;
bool Set(uint64_t soft_bytes, uint64_t hard_bytes);

struct Charge {
  uint64_t charged_bytes =
      0;  // what the limits are about: the cgroup's where it has a limit, else the process's
  uint64_t anonymous_bytes = 0;  // of this process
  uint64_t in_flight_bytes = 0;  // handed out by the engine and not charged yet, about
  uint64_t fresh_bytes = 0;      // gate::state.fresh when it was read
  uint64_t returned_bytes = 0;   // gate::state.returned
  bool from_cgroup = false;
  bool valid = false;  // the kernel answered
};
// A reading now, 20 to 100 us: limits, too, and the gate is opened accordingly.
Charge Read();
// The last one.
Charge Last();

// Before a long sleep: the first who takes memory after it reads, because what was left may be gone by then.
void NarrowGate();

// What would be charged once all that is handed out is touched.
uint64_t Estimate(const Charge& charge);

Rung CurrentRung();
void SetRung(Rung rung);

// The cgroup that Start found.
const CgroupFiles& Cgroup();

// What a release on this thread may cost others: the longest that an allocation waits for one at the limit,
// and the least time between two.
constexpr uint64_t kEmergencyNs = 10 * 1000000ULL;
constexpr uint64_t kEmergencyAgainNs = 1000 * 1000000ULL;

struct Counters {
  uint64_t refused = 0;
  uint64_t refused_bytes = 0;
  uint64_t emergencies = 0;
  uint64_t emergency_bytes = 0;
  uint64_t emergency_longest_ns = 0;  // no allocation waited longer
};
Counters ReadCounters();

// By whoever ticks: with whom what is left is shared.
void NoteCohort(const CohortMember& me, const CohortView& view);

// How the gate gets at the governor's thread: to have it look at once.
void SetWaker(void (*wake)());

// This thread's allocations never wait for a release: the governor's own, and the callbacks'.
void NeverWaitOnThisThread();

// The child's charge and counters are its own.
void ResetInChild();

}  // namespace memgov::budget

#endif  // MEMGOV_GOVERNOR_BUDGET_BUDGET_H_
