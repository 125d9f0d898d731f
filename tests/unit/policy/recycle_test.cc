// The recycle hint in made-up time: a table of steps per case.
#include "governor/policy/recycle.h"

#include <gtest/gtest.h>

#include <vector>

namespace memgov {
namespace {

constexpr uint64_t kMega = 1 << 20;
constexpr uint64_t kSecond = 1000000000;
constexpr uint64_t kMinute = 60 * kSecond;

struct Step {
  uint64_t now_ns;
  uint64_t fragmentation_bytes;
  uint64_t held_bytes;
  bool advised;
  uint64_t recoverable_bytes;
  uint64_t since_ns;
};

void Follow(const std::vector<Step>& steps) {
  RecycleHint hint;
  int number = 0;
  for (const Step& step : steps) {
    SCOPED_TRACE(number++);
    hint.Tick({step.now_ns, 0, step.fragmentation_bytes, step.held_bytes});
    EXPECT_EQ(hint.current().advised, step.advised);
    EXPECT_EQ(hint.current().recoverable_bytes, step.recoverable_bytes);
    EXPECT_EQ(hint.current().since_ns, step.since_ns);
  }
}

TEST(RecycleTest, NothingHeldNothingAdvised) {
  Follow({{kMinute, 0, 0, false, 0, 0}, {60 * kMinute, 0, 0, false, 0, 0}});
}

TEST(RecycleTest, AdvisedFromTenMinutesOn) {
  Follow({{kMinute, 100 * kMega, 150 * kMega, false, 100 * kMega, 0},
          {6 * kMinute, 110 * kMega, 150 * kMega, false, 110 * kMega, 5 * kMinute},
          {11 * kMinute - 1, 100 * kMega, 150 * kMega, false, 100 * kMega, 10 * kMinute - 1},
          {11 * kMinute, 100 * kMega, 150 * kMega, true, 100 * kMega, 10 * kMinute},
          {61 * kMinute, 120 * kMega, 150 * kMega, true, 120 * kMega, 60 * kMinute}});
}

TEST(RecycleTest, BothThresholdsAreNeeded) {
  Follow({{kMinute, 64 * kMega, 100 * kMega, false, 0, 0},  // not above 64 MiB
          {2 * kMinute, 64 * kMega + 1, 100 * kMega, false, 64 * kMega + 1, 0}});
  Follow({{kMinute, 100 * kMega, 200 * kMega, false, 0, 0},  // not above half
          {2 * kMinute, 101 * kMega, 200 * kMega, false, 101 * kMega, 0}});
}

TEST(RecycleTest, ABriefDipDoesNotEndIt) {
  Follow({{kMinute, 100 * kMega, 150 * kMega, false, 100 * kMega, 0},
          {6 * kMinute, 50 * kMega, 110 * kMega, false, 50 * kMega,
           5 * kMinute},  // below to begin, above to end
          {11 * kMinute, 100 * kMega, 150 * kMega, true, 100 * kMega, 10 * kMinute}});
}

TEST(RecycleTest, EndsBelowTheLowerThresholdsAndBeginsAnew) {
  Follow({{kMinute, 100 * kMega, 150 * kMega, false, 100 * kMega, 0},
          {12 * kMinute, 100 * kMega, 150 * kMega, true, 100 * kMega, 11 * kMinute},
          {13 * kMinute, 48 * kMega, 100 * kMega, false, 0, 0},
          {14 * kMinute, 100 * kMega, 150 * kMega, false, 100 * kMega, 0},
          {15 * kMinute, 60 * kMega, 150 * kMega, false, 0, 0},  // 40 % of what is held
          {16 * kMinute, 100 * kMega, 150 * kMega, false, 100 * kMega, 0},
          {26 * kMinute, 100 * kMega, 150 * kMega, true, 100 * kMega, 10 * kMinute}});
}

TEST(RecycleTest, AClockThatJumpsBackMakesTheWaitLonger) {
  Follow({{20 * kMinute, 100 * kMega, 150 * kMega, false, 100 * kMega, 0},
          {5 * kMinute, 100 * kMega, 150 * kMega, false, 100 * kMega, 0},
          {14 * kMinute, 100 * kMega, 150 * kMega, false, 100 * kMega, 9 * kMinute},
          {15 * kMinute, 100 * kMega, 150 * kMega, true, 100 * kMega, 10 * kMinute}});
}

TEST(RecycleTest, NeverMoreThanWhatIsHeldForNobody) {
  RecycleHint hint;
  hint.Tick({kMinute, 40 * kMega, 100 * kMega, 110 * kMega});
  EXPECT_EQ(hint.current().recoverable_bytes, 70 * kMega);
  hint.Tick({2 * kMinute, 120 * kMega, 100 * kMega, 110 * kMega});  // readings that disagree
  EXPECT_EQ(hint.current().recoverable_bytes, 0U);
}

TEST(RecycleTest, AbsurdReadingsDoNotOverflow) {
  Follow({{kMinute, UINT64_MAX, UINT64_MAX, false, UINT64_MAX, 0},
          {UINT64_MAX, UINT64_MAX, UINT64_MAX, true, UINT64_MAX, UINT64_MAX - kMinute},
          {UINT64_MAX, kMega, UINT64_MAX, false, 0, 0}});
}

// Readers come between two ticks, and at rest there are none.
TEST(RecycleTest, WhatIsPublishedGrowsOldByItself) {
  RecycleHint hint;
  hint.Tick({kMinute, 0, 100 * kMega, 150 * kMega});
  const auto at = [&](uint64_t now_ns) {
    return RecycleHint::At(hint.begin_ns(), hint.recoverable_bytes(), now_ns);
  };
  EXPECT_FALSE(at(2 * kMinute).advised);
  EXPECT_TRUE(at(11 * kMinute).advised);
  EXPECT_EQ(at(11 * kMinute).since_ns, 10 * kMinute);
  EXPECT_EQ(at(0).since_ns, 0U);
}

}  // namespace
}  // namespace memgov
