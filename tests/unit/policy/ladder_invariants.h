// ladder_invariants.h: what holds for each decision of a ladder, whatever the readings.
#ifndef MEMGOV_TESTS_UNIT_POLICY_LADDER_INVARIANTS_H_
#define MEMGOV_TESTS_UNIT_POLICY_LADDER_INVARIANTS_H_

#include <stdint.h>

#include <algorithm>

#include "governor/policy/ladder.h"

namespace memgov {

// A difference below zero, as unsigned numbers have it, is a counter that restarted.
inline bool IsEvent(uint64_t delta) { return delta != 0 && delta <= INT64_MAX; }

inline bool IsSign(const LadderReadings& readings) {
  return readings.pressed || IsEvent(readings.high_events) || IsEvent(readings.max_events) ||
         IsEvent(readings.oom_events);
}

inline const char* BrokenRung(const LadderReadings& readings, Rung rung) {
  const uint64_t soft = std::min(readings.soft_bytes, readings.hard_bytes);
  const bool at_soft = soft != UINT64_MAX && readings.charged_bytes >= soft;
  const bool at_hard = readings.hard_bytes != UINT64_MAX && readings.charged_bytes >= readings.hard_bytes;
  if (at_hard && rung != Rung::kHard) return "at the hard budget, and not on hard";
  if (at_soft && rung == Rung::kNormal) return "at the soft budget, and on normal";
  if (IsEvent(readings.oom_events) && rung != Rung::kHard) return "an oom event, and not on hard";
  if (IsSign(readings) && rung == Rung::kNormal) return "a sign of pressure, and on normal";
  return nullptr;
}

inline const char* BrokenActs(const LadderReadings& readings, const LadderDecision& decision, Rung before) {
  const LadderRelease due = decision.rung == Rung::kHard   ? LadderRelease::kAll
                            : decision.rung == Rung::kSoft ? LadderRelease::kWindow
                                                           : LadderRelease::kNothing;
  const bool releases = decision.release != LadderRelease::kNothing;
  if (decision.changed != (decision.rung != before)) return "changed is not true to the rungs";
  if (decision.changed && !decision.notify) return "a change without word to the callbacks";
  if (releases && !decision.notify) return "a release without word to the callbacks";
  if (releases && decision.release != due) return "not the release of this rung";
  if (decision.rung > before && !releases) return "a rung entered without a release";
  if (decision.want_bytes > readings.charged_bytes) return "wants more than is charged";
  if (decision.rung == Rung::kNormal && decision.want_bytes != 0) return "wants bytes on normal";
  return nullptr;
}

inline const char* BrokenTimer(const LadderReadings& readings, const LadderDecision& decision) {
  const bool budget = readings.soft_bytes != UINT64_MAX || readings.hard_bytes != UINT64_MAX;
  const bool rests = !budget && decision.rung == Rung::kNormal;
  if (decision.next_ns < Ladder::kNearNs) return "looks too often";
  if (rests != (decision.next_ns == UINT64_MAX)) return "a timer at rest, or none where one is due";
  if (decision.rung != Rung::kNormal && decision.next_ns > Ladder::kPressedNs) return "looks too seldom";
  return nullptr;
}

// What is wrong with it, or nullptr.
inline const char* Broken(const LadderReadings& readings, const LadderDecision& decision, Rung before) {
  if (const char* wrong = BrokenRung(readings, decision.rung)) return wrong;
  if (const char* wrong = BrokenActs(readings, decision, before)) return wrong;
  return BrokenTimer(readings, decision);
}

}  // namespace memgov

#endif  // MEMGOV_TESTS_UNIT_POLICY_LADDER_INVARIANTS_H_
