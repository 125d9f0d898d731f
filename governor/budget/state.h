// What the parts of the budget share.
#ifndef MEMGOV_GOVERNOR_BUDGET_STATE_H_
#define MEMGOV_GOVERNOR_BUDGET_STATE_H_

#include <stdint.h>

#include "governor/base/engine_control.h"

namespace memgov::budget {

// Written once, in the constructor.
extern EngineControl* engine;

// What the engine would hand out again without the kernel: 0 for engines that cannot tell.
inline uint64_t ReusableBytes() { return engine->GivesBackInSlices() ? engine->ReleasableBytes() : 0; }

// This process's part of what is left, as the cohort divided it at the last tick.
uint64_t ShareOfCohort(uint64_t headroom);

void ResetGateInChild();

// The governor looks at once; nothing where it has no thread.
void WakeGovernor();

}  // namespace memgov::budget

#endif  // MEMGOV_GOVERNOR_BUDGET_STATE_H_
