// The part of a tick that is about the budget: reading what is charged, the ladder and what its rungs do, the
// cohort, admission's figures, evidence.
//
// Safety: one thread at a time (the governor's, or the holder of the inline tick); no allocation.
#ifndef MEMGOV_GOVERNOR_RUNTIME_BUDGET_TICK_H_
#define MEMGOV_GOVERNOR_RUNTIME_BUDGET_TICK_H_

#include <poll.h>
#include <stdint.h>

#include "governor/base/engine_control.h"
#include "governor/pressure/watch.h"

namespace memgov::governor::budget_tick {

// The process's environment, from the constructor: MEMORY_PRESSURE_WATCH and the runtime folder are looked up
// in it.
void Install(char** environment);

// On the governor's thread, before its first tick. Without `may_wait` for descriptors all is polled.
void OpenWatch(bool may_wait);
// The next tick reads, however short ago the last reading was. Any thread.
void LookNow();

int Descriptors(pollfd* out);

struct Moment {
  uint64_t now_ns = 0;
  uint64_t allocated_bytes = 0;    // since the start: has anything happened since the last tick?
  const pollfd* polled = nullptr;  // after a sleep
  int polled_count = 0;
  bool own_thread = false;  // else a host's: it prints nothing and waits for nobody
};
// Returns how long to sleep; UINT64_MAX: as far as the budget goes, until woken.
uint64_t Tick(EngineControl& engine, const Moment& moment);

// The process ends by itself: its place in the cohort and its evidence go. After exit_guard::CloseAndWait.
void AtExit();
void ResetInChild();

}  // namespace memgov::governor::budget_tick

#endif  // MEMGOV_GOVERNOR_RUNTIME_BUDGET_TICK_H_
