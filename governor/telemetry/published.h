// What the governor's tick knows and others ask for: totals of pressure, the cohort, how pressure reaches us,
// the recycle hint. The tick writes, any thread reads.
//
// Safety: the writers on one thread at a time (whoever ticks); Read on any thread; no locks, no allocation.
// Each figure is an atomic of its own: two of them may be of two ticks.
#ifndef MEMGOV_GOVERNOR_TELEMETRY_PUBLISHED_H_
#define MEMGOV_GOVERNOR_TELEMETRY_PUBLISHED_H_

#include <stdint.h>

#include "governor/policy/recycle.h"
#include "governor/pressure/watch.h"

namespace memgov::published {

// Sums since the governor's start.
struct PressureTotals {
  uint64_t stalled_us = 0;
  uint64_t high_events = 0;
  uint64_t max_events = 0;
  uint64_t oom_kills = 0;
};

struct Watching {
  WatchState psi = WatchState::kAbsent;
  WatchState events = WatchState::kAbsent;
  WatchState systemd = WatchState::kAbsent;
  char psi_path[kCgroupPathBytes] = {};
};

// The engine's own: written before there are threads, or when the program changes it.
struct ArenaCap {
  uint32_t most = 0;                 // 0: as who decided has it
  const char* decided_by = nullptr;  // nullptr: the engine has no arenas to cap
};
void SetArenaCap(uint32_t most, const char* decided_by);  // a text that stays
ArenaCap Arenas();

void AddPressure(const PressureSigns& signs);
void SetCohortMembers(uint32_t members);
void SetRecycle(const RecycleHint& hint);
// Whenever a source was opened or given up.
void SetWatching(const PressureWatch& watch);

PressureTotals Pressure();
uint32_t CohortMembers();
RecycleAdvice Recycle(uint64_t now_ns);
void ReadWatching(Watching& out);

// A child's figures are its own.
void ResetInChild();

}  // namespace memgov::published

#endif  // MEMGOV_GOVERNOR_TELEMETRY_PUBLISHED_H_
