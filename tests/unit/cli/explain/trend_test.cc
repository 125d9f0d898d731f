#include "governor/cli/explain/trend.h"

#include <gtest/gtest.h>

#include "unit/cli/explain/facts_for_test.h"

namespace memgov::cli::explain {
namespace {

Look LookOf(int seconds, uint64_t heap, uint64_t outside, std::optional<uint64_t> live) {
  Look look;
  look.time = absl::Seconds(seconds);
  look.resident_bytes = heap + outside;
  look.live_bytes = live;
  look.by_kind = {{MappingKind::kMallocArena, heap}, {MappingKind::kAnonymous, outside}};
  return look;
}

Verdict Judge(const Look& first, const Look& second) { return FindTrend(first, second).verdict; }

TEST(Trend, LiveRising) {
  const Look first = LookOf(0, 100 * kMega, 0, 50 * kMega);
  EXPECT_EQ(Judge(first, LookOf(5, 110 * kMega, 0, 60 * kMega)), Verdict::kLiveRising);
  EXPECT_EQ(Judge(first, LookOf(5, 100 * kMega, 0, 60 * kMega)), Verdict::kLiveRising) << "into free memory";
}

TEST(Trend, LiveFlatAndTheHeapRising) {
  EXPECT_EQ(Judge(LookOf(0, 100 * kMega, 0, 50 * kMega), LookOf(5, 110 * kMega, 0, 50 * kMega)),
            Verdict::kFragmentationRising);
}

TEST(Trend, WhatIsNotMallocsRising) {
  EXPECT_EQ(Judge(LookOf(0, 100 * kMega, 0, 50 * kMega), LookOf(5, 100 * kMega, 10 * kMega, 50 * kMega)),
            Verdict::kOutsideRising);
}

TEST(Trend, LiveUnknown) {
  EXPECT_EQ(Judge(LookOf(0, 100 * kMega, 0, {}), LookOf(5, 110 * kMega, 0, {})), Verdict::kRising);
}

TEST(Trend, SmallChangesAreNone) {
  EXPECT_EQ(Judge(LookOf(0, 100 * kMega, 0, 50 * kMega), LookOf(5, 100 * kMega + 1000, 0, 50 * kMega)),
            Verdict::kSteady);
  EXPECT_EQ(Judge(LookOf(0, 1000 * kMega, 0, 50 * kMega), LookOf(5, 1003 * kMega, 0, 50 * kMega)),
            Verdict::kSteady)
      << "half a per cent";
}

TEST(Trend, GoingBack) {
  EXPECT_EQ(Judge(LookOf(0, 100 * kMega, 0, 50 * kMega), LookOf(5, 20 * kMega, 0, 10 * kMega)),
            Verdict::kFalling);
}

TEST(Trend, OneLook) {
  const Look look = LookOf(3, 100 * kMega, 0, 50 * kMega);
  EXPECT_EQ(Judge(look, look), Verdict::kNotWatched);
}

}  // namespace
}  // namespace memgov::cli::explain
