// The ladder's rungs, releases, callbacks and timers, by table.
#include "governor/policy/ladder.h"

#include <gtest/gtest.h>

#include "unit/policy/ladder_steps.h"

namespace memgov {
namespace {

constexpr Rung kNormal = Rung::kNormal;
constexpr Rung kOnSoft = Rung::kSoft;
constexpr Rung kOnHard = Rung::kHard;
constexpr LadderRelease kNothing = LadderRelease::kNothing;
constexpr LadderRelease kWindow = LadderRelease::kWindow;
constexpr LadderRelease kAll = LadderRelease::kAll;

TEST(LadderTest, NamesOfTheRungs) {
  EXPECT_STREQ(RungName(kNormal), "normal");
  EXPECT_STREQ(RungName(kOnSoft), "soft");
  EXPECT_STREQ(RungName(kOnHard), "hard");
}

TEST(LadderTest, NormalBelowSoft) {
  Ladder ladder;
  Climb(ladder, {{0, 0, kNormal}, {50, 799, kNormal}, {100, 400, kNormal}, {5000, 799, kNormal}});
}

TEST(LadderTest, SoftFromItsThresholdAndLeftBelow95PercentOfIt) {
  Ladder ladder;
  Climb(ladder, {{100, 800, kOnSoft, kWindow, true, 40},
                 {150, 820, kOnSoft, kNothing, false, 60},
                 {700, 760, kOnSoft, kNothing, false, 0},
                 {750, 759, kNormal, kNothing, true}});
}

TEST(LadderTest, ARungIsHeldForHalfASecond) {
  Ladder ladder;
  Climb(ladder, {{100, 900, kOnSoft, kWindow, true, 140},
                 {150, 10, kOnSoft},
                 {599, 10, kOnSoft},
                 {600, 10, kNormal, kNothing, true}});
}

TEST(LadderTest, OnSoftAgainEachSecondWhileThereIsAnExcess) {
  Ladder ladder;
  Climb(ladder, {{0, 850, kOnSoft, kWindow, true, 90},
                 {999, 850, kOnSoft, kNothing, false, 90},
                 {1000, 850, kOnSoft, kWindow, true, 90},
                 {1050, 850, kOnSoft, kNothing, false, 90},
                 {2000, 770, kOnSoft, kWindow, true, 10},
                 {3000, 759, kNormal, kNothing, true}});
}

TEST(LadderTest, HardAtOnceAndAgainEach100Milliseconds) {
  Ladder ladder;
  Climb(ladder, {{0, 100, kNormal},
                 {50, 1000, kOnHard, kAll, true, 240},
                 {100, 1000, kOnHard, kNothing, false, 240},
                 {149, 1100, kOnHard, kNothing, false, 340},
                 {150, 1100, kOnHard, kAll, true, 340},
                 {250, 960, kOnHard, kAll, true, 200}});
}

TEST(LadderTest, FromSoftToHardWithoutDelay) {
  Ladder ladder;
  Climb(ladder, {{0, 900, kOnSoft, kWindow, true, 140}, {1, 1000, kOnHard, kAll, true, 240}});
}

// All was given back on hard: soft waits for its second.
TEST(LadderTest, FromHardDownToSoft) {
  Ladder ladder;
  Climb(ladder, {{0, 1000, kOnHard, kAll, true, 240},
                 {499, 949, kOnHard, kAll, true, 189},
                 {500, 949, kOnSoft, kNothing, true, 189},
                 {1499, 949, kOnSoft, kNothing, false, 189},
                 {1500, 949, kOnSoft, kWindow, true, 189},
                 {1550, 1000, kOnHard, kAll, true, 240}});
}

TEST(LadderTest, FromHardStraightDownToNormal) {
  Ladder ladder;
  Climb(ladder, {{0, 1000, kOnHard, kAll, true, 240},
                 {100, 10, kOnHard},
                 {499, 10, kOnHard},
                 {500, 10, kNormal, kNothing, true}});
}

TEST(LadderTest, EachSignRaisesToSoftForTwoSeconds) {
  for (const Sign sign : {Sign::kPressed, Sign::kHigh, Sign::kMax}) {
    Ladder ladder;
    Climb(ladder, {{1000, 200, kOnSoft, kWindow, true, 20, sign},
                   {2999, 200, kOnSoft, kNothing, false, 20},
                   {3000, 200, kNormal, kNothing, true}});
  }
}

TEST(LadderTest, SignsCountWithoutABudgetToo) {
  Ladder ladder;
  Climb(ladder,
        {{1000, 200, kOnSoft, kWindow, true, 20, Sign::kPressed},
         {2999, 200, kOnSoft, kNothing, false, 20},
         {3000, 200, kNormal, kNothing, true}},
        kNoBudget, kNoBudget);
}

TEST(LadderTest, UnderLastingPressureAloneReleasesEachTwoSeconds) {
  Ladder ladder;
  Climb(ladder, {{0, 200, kOnSoft, kWindow, true, 20, Sign::kPressed},
                 {1000, 200, kOnSoft, kNothing, false, 20, Sign::kPressed},
                 {1999, 200, kOnSoft, kNothing, false, 20, Sign::kPressed},
                 {2000, 200, kOnSoft, kWindow, true, 20},
                 {3999, 200, kNormal, kNothing, true}});
}

// A second, not the two of pressure alone.
TEST(LadderTest, AnExcessUnderPressureShortensTheWait) {
  Ladder ladder;
  Climb(ladder, {{0, 200, kOnSoft, kWindow, true, 20, Sign::kPressed},
                 {100, 800, kOnSoft, kNothing, false, 40},
                 {1100, 800, kOnSoft, kWindow, true, 40}});
}

// Steady at 98 % of soft: what pressure raised is not kept up by the hysteresis.
TEST(LadderTest, PressureThatEndsBetweenLeavingAndThreshold) {
  Ladder ladder;
  Climb(ladder, {{0, 784, kNormal},
                 {100, 784, kOnSoft, kWindow, true, 78, Sign::kPressed},
                 {2099, 784, kOnSoft, kNothing, false, 78},
                 {2100, 784, kNormal, kNothing, true}});
}

TEST(LadderTest, OomRaisesToHardAndIsASignOfPressure) {
  Ladder ladder;
  Climb(ladder, {{0, 200, kOnHard, kAll, true, 20, Sign::kOom},
                 {50, 200, kOnHard, kNothing, false, 20},
                 {100, 200, kOnHard, kAll, true, 20},
                 {500, 200, kOnSoft, kNothing, true, 20},
                 {1999, 200, kOnSoft, kWindow, true, 20},
                 {2000, 200, kNormal, kNothing, true}});
}

TEST(LadderTest, PressureOnHardChangesNothing) {
  Ladder ladder;
  Climb(ladder, {{0, 1000, kOnHard, kAll, true, 240},
                 {50, 1000, kOnHard, kNothing, false, 240, Sign::kPressed},
                 {100, 1000, kOnHard, kAll, true, 240}});
}

uint64_t NextAfter(Ladder& ladder, uint64_t charged, uint64_t soft, uint64_t hard, Sign sign) {
  return ladder.Tick(Readings({1, charged, kNormal, kNothing, false, 0, sign}, soft, hard)).next_ns;
}

TEST(LadderTest, HowSoonToLookAgain) {
  struct Case {
    uint64_t charged, soft, hard;
    Sign sign;
    uint64_t next_ns;
  };
  const Case kCases[] = {{0, kSoft, kHard, Sign::kNothing, Ladder::kFarNs},
                         {719, kSoft, kHard, Sign::kNothing, Ladder::kFarNs},
                         {720, kSoft, kHard, Sign::kNothing, Ladder::kNearNs},
                         {800, kSoft, kHard, Sign::kNothing, Ladder::kNearNs},
                         {1000, kSoft, kHard, Sign::kNothing, Ladder::kNearNs},
                         {0, kSoft, kHard, Sign::kPressed, Ladder::kNearNs},
                         {0, kSoft, kNoBudget, Sign::kNothing, Ladder::kFarNs},
                         {0, kNoBudget, kHard, Sign::kNothing, Ladder::kFarNs},
                         {0, kNoBudget, kNoBudget, Sign::kNothing, UINT64_MAX},
                         {UINT64_MAX, kNoBudget, kNoBudget, Sign::kNothing, UINT64_MAX},
                         {0, kNoBudget, kNoBudget, Sign::kPressed, Ladder::kPressedNs},
                         {0, kNoBudget, kNoBudget, Sign::kOom, Ladder::kNearNs}};
  for (const Case& one : kCases) {
    Ladder ladder;
    EXPECT_EQ(NextAfter(ladder, one.charged, one.soft, one.hard, one.sign), one.next_ns)
        << one.charged << " of " << one.soft << ", " << one.hard;
  }
}

// With no budget the ladder asks for one look, when the pressure ends, and for none after it.
TEST(LadderTest, WithoutABudgetOneLookEndsThePressure) {
  Ladder ladder;
  uint64_t next = NextAfter(ladder, 100, kNoBudget, kNoBudget, Sign::kPressed);
  LadderReadings readings;
  readings.now_ns = kMillisecond + next;
  const LadderDecision decision = ladder.Tick(readings);
  EXPECT_EQ(decision.rung, kNormal);
  EXPECT_TRUE(decision.notify);
  EXPECT_EQ(decision.next_ns, UINT64_MAX);
}

}  // namespace
}  // namespace memgov
