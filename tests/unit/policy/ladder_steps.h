// ladder_steps.h: drives a ladder through a table of moments, in made-up time.
#ifndef MEMGOV_TESTS_UNIT_POLICY_LADDER_STEPS_H_
#define MEMGOV_TESTS_UNIT_POLICY_LADDER_STEPS_H_

#include <gtest/gtest.h>

#include <vector>

#include "governor/policy/ladder.h"

namespace memgov {

constexpr uint64_t kMillisecond = 1000000;
constexpr uint64_t kSecond = 1000 * kMillisecond;
constexpr uint64_t kNoBudget = UINT64_MAX;

// Figures as small as the percentages allow: soft 800, hard 1000; left below 760 and 950.
constexpr uint64_t kSoft = 800;
constexpr uint64_t kHard = 1000;

enum class Sign : uint8_t { kNothing, kPressed, kHigh, kMax, kOom };

struct Step {
  uint64_t at_ms;
  uint64_t charged;
  Rung rung;
  LadderRelease release = LadderRelease::kNothing;
  bool notify = false;
  uint64_t want = 0;
  Sign sign = Sign::kNothing;
};

inline LadderReadings Readings(const Step& step, uint64_t soft, uint64_t hard) {
  LadderReadings readings;
  readings.now_ns = step.at_ms * kMillisecond;
  readings.charged_bytes = step.charged;
  readings.soft_bytes = soft;
  readings.hard_bytes = hard;
  readings.pressed = step.sign == Sign::kPressed;
  readings.high_events = step.sign == Sign::kHigh ? 1 : 0;
  readings.max_events = step.sign == Sign::kMax ? 3 : 0;
  readings.oom_events = step.sign == Sign::kOom ? 1 : 0;
  return readings;
}

inline void Climb(Ladder& ladder, const std::vector<Step>& steps, uint64_t soft = kSoft,
                  uint64_t hard = kHard) {
  for (const Step& step : steps) {
    SCOPED_TRACE(testing::Message() << "at " << step.at_ms << " ms, " << step.charged << " charged");
    const Rung before = ladder.rung();
    const LadderDecision decision = ladder.Tick(Readings(step, soft, hard));
    EXPECT_STREQ(RungName(decision.rung), RungName(step.rung));
    EXPECT_EQ(decision.rung, ladder.rung());
    EXPECT_EQ(decision.changed, decision.rung != before);
    EXPECT_EQ(decision.release, step.release);
    EXPECT_EQ(decision.notify, step.notify);
    EXPECT_EQ(decision.want_bytes, step.want);
  }
}

}  // namespace memgov

#endif  // MEMGOV_TESTS_UNIT_POLICY_LADDER_STEPS_H_
