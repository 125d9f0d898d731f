// pressure.h: puts this process on a rung of the ladder and back, by budgets of the API, without a cgroup.
//
// Safety: one thread. Assumptions: a governor (no MEMGOV_GOVERNOR=off).
#ifndef MEMGOV_TESTS_LIFECYCLE_PRESSURE_H_
#define MEMGOV_TESTS_LIFECYCLE_PRESSURE_H_

#include <memgov/advanced.h>
#include <memgov/memgov.h>
#include <stdlib.h>

#include "preload_check.h"

inline constexpr uint64_t kMega = 1 << 20;

// At most 40 s.
template <typename Condition>
bool WaitFor(Condition condition) {
  for (int i = 0; i < 4000; ++i) {
    if (condition()) return true;
    usleep(10000);
  }
  return false;
}

inline memgov_budget_t Budget() {
  memgov_budget_t budget = {};
  budget.size = sizeof budget;
  CHECK_EQ(memgov_budget(&budget), 0);
  return budget;
}

inline memgov_counters_t Counters() {
  memgov_counters_t counters = {};
  counters.size = sizeof counters;
  CHECK_EQ(memgov_counters(&counters), 0);
  return counters;
}

// More is charged than the least soft budget there is, whatever else the program does.
inline void HoldBallast() {
  static void* ballast = nullptr;
  if (ballast) return;
  ballast = malloc(16 * kMega);
  CHECK(ballast != nullptr);
  memset(ballast, 1, 16 * kMega);
}

// No hard budget: nothing fails.
inline void RaiseToSoft() {
  HoldBallast();
  CHECK_EQ(memgov_budget_set(kMega, MEMGOV_UNLIMITED), 0);
}
inline void Lower() { CHECK_EQ(memgov_budget_set(MEMGOV_UNLIMITED, MEMGOV_UNLIMITED), 0); }

#endif  // MEMGOV_TESTS_LIFECYCLE_PRESSURE_H_
