// The emergency release: what an allocation at the limit waits for before it fails. At most 10 ms, at most
// once a second in a process; by the allocating thread itself where the engine gives back in slices, else by
// the governor's. Threads that come while one is under way wait for it, with the same bound; those that come
// later in that second wait for nothing.
//
// Safety: any thread from within malloc, with no lock of ours held; in fork handlers, on the governor's
// thread and inside a release it does nothing. No allocation.
#ifndef MEMGOV_GOVERNOR_BUDGET_EMERGENCY_H_
#define MEMGOV_GOVERNOR_BUDGET_EMERGENCY_H_

#include <stdint.h>

#include "governor/budget/budget.h"

namespace memgov::emergency {

// True when one took place, or ended while we waited: a new reading may say something else now.
bool Release();

// By the governor's thread with each tick: is a release wanted of it?
bool TakeRequest();

budget::Counters ReadCounters();
void ResetInChild();

}  // namespace memgov::emergency

#endif  // MEMGOV_GOVERNOR_BUDGET_EMERGENCY_H_
