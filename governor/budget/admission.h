// Admission: may this process take on work that will need so many bytes? The rule is
// policy/admission_rule.h's.
//
// Safety: any thread, not from a signal handler; no allocation; a new
// reading takes the engine's lock for a moment. An answer is a handful of atomic
// operations, one more for each member of the cohort, and a look at the clock; where the last reading is too
// old there is a new one: 20 to 100 us, at most each 50 ms for a yes, each 10 ms for a no.
#ifndef MEMGOV_GOVERNOR_BUDGET_ADMISSION_H_
#define MEMGOV_GOVERNOR_BUDGET_ADMISSION_H_

#include <stdint.h>

#include "governor/budget/budget.h"
#include "governor/policy/admission_rule.h"

namespace memgov::admission {

using Answer = Admission;

Admission Admit(uint64_t bytes);
void Done(uint64_t bytes);
uint64_t AdmittedBytes();

struct Counters {
  uint64_t admitted = 0;
  uint64_t deferred = 0;
  uint64_t rejected = 0;
  uint64_t given_back = 0;
  uint64_t forgotten_bytes = 0;
};
Counters ReadCounters();

// budget::Read, and what admission makes of it. By whoever ticks.
budget::Charge ReadForTick(uint64_t now_ns);

// What the engine would hand out again without the kernel, at the last reading.
uint64_t ReusableBytes();

// What the parent admitted is the parent's.
void ResetInChild();

}  // namespace memgov::admission

#endif  // MEMGOV_GOVERNOR_BUDGET_ADMISSION_H_
