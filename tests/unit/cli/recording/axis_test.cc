#include "governor/cli/recording/axis.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace memgov::cli {
namespace {

using testing::ElementsAre;

std::vector<std::string> Labels(const std::vector<Tick>& ticks) {
  std::vector<std::string> labels;
  for (const Tick& tick : ticks) labels.push_back(tick.label);
  return labels;
}

TEST(Axis, BytesAreRoundInTheirUnit) {
  EXPECT_THAT(Labels(ValueTicks(213.0 * (1 << 20), Quantity::kBytes)),
              ElementsAre("0", "50 MB", "100 MB", "150 MB", "200 MB"));
  EXPECT_THAT(Labels(ValueTicks(3.0 * (1 << 30), Quantity::kBytes)),
              ElementsAre("0", "1 GB", "2 GB", "3 GB"));
}

TEST(Axis, CountsAreWhole) {
  EXPECT_THAT(Labels(ValueTicks(2, Quantity::kCount)), ElementsAre("0", "1", "2"));
  EXPECT_THAT(Labels(ValueTicks(45'000, Quantity::kCount)), ElementsAre("0", "10 k", "20 k", "30 k", "40 k"));
}

TEST(Axis, OddTopsHaveFewTicks) {
  for (const double top : {0.0, 1e-300, 0.5, 1.0, 1e18, 1e25, 1.8e19 * 1.06}) {
    for (const Quantity quantity : {Quantity::kBytes, Quantity::kCount}) {
      const std::vector<Tick> ticks = ValueTicks(top, quantity);
      EXPECT_GE(ticks.size(), 1u) << top;
      EXPECT_LE(ticks.size(), 12u) << top;
    }
  }
}

TEST(Axis, TimesAreRoundAndInUtc) {
  // 1.8e9 s: 2027-01-15 08:00:00 UTC.
  EXPECT_THAT(Labels(TimeTicks(1.8e9 + 3, 1.8e9 + 62)),
              ElementsAre("08:00:10", "08:00:20", "08:00:30", "08:00:40", "08:00:50", "08:01:00"));
  EXPECT_THAT(Labels(TimeTicks(1.8e9, 1.8e9 + 3600)),
              ElementsAre("08:00", "08:10", "08:20", "08:30", "08:40", "08:50", "09:00"));
}

TEST(Axis, ANewDayShowsItsDate) {
  EXPECT_THAT(Labels(TimeTicks(1.8e9, 1.8e9 + 86'400)), ElementsAre("12:00", "18:00", "Jan 16", "06:00"));
}

TEST(Axis, OddLengthsHaveFewTicks) {
  for (const double length : {0.0, 1e-9, 0.05, 0.9, 1e5, 1e7, 1e9}) {
    EXPECT_LE(TimeTicks(1.8e9, 1.8e9 + length).size(), 8u) << length;
  }
}

}  // namespace
}  // namespace memgov::cli
