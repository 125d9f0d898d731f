// The ladder under what should not happen: clocks that jump, counters that restart, limits that move or
// contradict each other.
#include <gtest/gtest.h>

#include "governor/policy/ladder.h"
#include "unit/policy/ladder_steps.h"

namespace memgov {
namespace {

constexpr Rung kNormal = Rung::kNormal;
constexpr Rung kOnSoft = Rung::kSoft;
constexpr Rung kOnHard = Rung::kHard;
constexpr LadderRelease kNothing = LadderRelease::kNothing;
constexpr LadderRelease kWindow = LadderRelease::kWindow;
constexpr LadderRelease kAll = LadderRelease::kAll;

TEST(LadderOddTest, AClockThatJumpsBackCostsOneStep) {
  Ladder ladder;
  Climb(ladder, {{100000, 900, kOnSoft, kWindow, true, 140},
                 {10, 900, kOnSoft, kNothing, false, 140},
                 {1009, 900, kOnSoft, kNothing, false, 140},
                 {1010, 900, kOnSoft, kWindow, true, 140},
                 {1011, 100, kNormal, kNothing, true}});
}

TEST(LadderOddTest, AClockThatJumpsAheadEndsAllWaits) {
  Ladder ladder;
  Climb(ladder, {{0, 900, kOnSoft, kWindow, true, 140, Sign::kPressed},
                 {18446744073709, 900, kOnSoft, kWindow, true, 140},
                 {18446744073709, 100, kNormal, kNothing, true},
                 {0, 900, kOnSoft, kWindow, true, 140},
                 {500, 100, kNormal, kNothing, true}});
}

TEST(LadderOddTest, AClockThatStandsStill) {
  Ladder ladder;
  Climb(ladder, {{7, 100, kNormal},
                 {7, 1000, kOnHard, kAll, true, 240},
                 {7, 1000, kOnHard, kNothing, false, 240},
                 {7, 100, kOnHard},
                 {507, 100, kNormal, kNothing, true}});
}

// A difference against another cgroup's counter, as unsigned numbers have it.
TEST(LadderOddTest, CountersThatRestartAreNoEvents) {
  LadderReadings readings;
  readings.now_ns = kSecond;
  readings.high_events = uint64_t{0} - 5;
  readings.max_events = uint64_t{3} - 4711;
  readings.oom_events = UINT64_MAX;
  Ladder ladder;
  const LadderDecision decision = ladder.Tick(readings);
  EXPECT_EQ(decision.rung, kNormal);
  EXPECT_FALSE(decision.notify);
  readings.max_events = INT64_MAX;
  EXPECT_EQ(ladder.Tick(readings).rung, kOnSoft);
}

TEST(LadderOddTest, LimitsLoweredBelowTheUsage) {
  Ladder ladder;
  Climb(ladder, {{0, 500, kNormal}}, 800, 1000);
  Climb(ladder, {{50, 500, kOnHard, kAll, true, 310}}, 200, 400);
  Climb(ladder, {{100, 500, kOnHard, kNothing, false, 120}}, 400, 500);
}

TEST(LadderOddTest, LimitsRaisedAboveTheUsage) {
  Ladder ladder;
  Climb(ladder, {{0, 1000, kOnHard, kAll, true, 240}});
  Climb(ladder, {{500, 1000, kNormal, kNothing, true}}, 8000, 10000);
}

TEST(LadderOddTest, ABudgetThatIsTakenAway) {
  Ladder ladder;
  Climb(ladder, {{0, 1000, kOnHard, kAll, true, 240}});
  Climb(ladder, {{100, 1000, kOnHard}, {500, 1000, kNormal, kNothing, true}}, kNoBudget, kNoBudget);
}

TEST(LadderOddTest, SoftThatIsHard) {
  Ladder ladder;
  Climb(ladder,
        {{0, 999, kNormal},
         {50, 1000, kOnHard, kAll, true, 50},
         {550, 950, kOnHard, kAll, true, 0},
         {600, 949, kNormal, kNothing, true}},
        1000, 1000);
}

// Soft above hard has no meaning of its own: hard is both.
TEST(LadderOddTest, SoftAboveHard) {
  Ladder ladder;
  Climb(ladder, {{0, 999, kNormal}, {50, 1000, kOnHard, kAll, true, 50}, {550, 949, kNormal, kNothing, true}},
        5000, 1000);
}

TEST(LadderOddTest, SoftWithoutHardNeverRaisesToHard) {
  Ladder ladder;
  Climb(ladder, {{0, UINT64_MAX, kOnSoft, kWindow, true, UINT64_MAX - 760}}, kSoft, kNoBudget);
}

TEST(LadderOddTest, WithoutABudgetNoChargeIsAnExcess) {
  Ladder ladder;
  Climb(ladder, {{0, 0, kNormal}, {50, UINT64_MAX, kNormal}, {100, UINT64_MAX - 1, kNormal}}, kNoBudget,
        kNoBudget);
}

TEST(LadderOddTest, TheLargestBudgetOfAll) {
  Ladder ladder;
  Climb(ladder, {{0, UINT64_MAX - 2, kNormal}, {50, UINT64_MAX - 1, kOnHard, kAll, true, 922337203685477581}},
        UINT64_MAX - 1, UINT64_MAX - 1);
}

TEST(LadderOddTest, ThresholdsOfNothing) {
  Ladder ladder;
  Climb(ladder, {{0, 0, kOnHard, kAll, true, 0}, {50, 1, kOnHard, kNothing, false, 1}}, 0, 0);
}

// As after fork: the child begins anew, whatever the parent's clock and counters said.
TEST(LadderOddTest, AFreshLadderRemembersNothing) {
  Ladder ladder;
  Climb(ladder, {{1000, 1000, kOnHard, kAll, true, 240, Sign::kPressed}});
  ladder = Ladder();
  Climb(ladder, {{900, 100, kNormal}});
}

}  // namespace
}  // namespace memgov
