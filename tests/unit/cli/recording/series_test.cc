#include "governor/cli/recording/series.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "recordings.h"

namespace memgov::cli {
namespace {

using testing::Contains;
using testing::ElementsAre;

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

Values Evenly(size_t count) {
  Values fractions;
  for (size_t index = 0; index < count; ++index) {
    fractions.push_back(static_cast<double>(index) / static_cast<double>(count - 1));
  }
  return fractions;
}

TEST(Series, FractionsGoFromFirstToLast) {
  EXPECT_THAT(FractionsOf(Rising(3)), ElementsAre(0, 0.5, 1));
  EXPECT_THAT(FractionsOf(Rising(1)), ElementsAre(0));
  EXPECT_THAT(FractionsOf(Rising(0)), ElementsAre());
}

TEST(Series, NoSpikeIsLost) {
  constexpr size_t kCount = 86'400;
  Values values(kCount, 10);
  values[12'345] = 99;
  values[54'321] = 1;
  const std::vector<ColumnRange> ranges = RangesOf(Evenly(kCount), values, 480);
  ASSERT_EQ(ranges.size(), 480u);
  EXPECT_EQ(ranges[12'345 / 180].highest, 99);
  EXPECT_EQ(ranges[54'321 / 180].lowest, 1);
  EXPECT_EQ(ranges[0].average, 10);
  EXPECT_NEAR(ranges[12'345 / 180].average, 10.5, 0.1);
  EXPECT_THAT(PickHighest(Evenly(kCount), values, 480), Contains(12'345));
}

TEST(Series, AColumnWithoutValuesIsNone) {
  const std::vector<ColumnRange> ranges = RangesOf(Evenly(4), {kNone, kNone, kNone, 5}, 2);
  ASSERT_EQ(ranges.size(), 2u);
  EXPECT_TRUE(std::isnan(ranges[0].average));
  EXPECT_EQ(ranges[1].average, 5);
  EXPECT_EQ(ranges[1].fraction, 1);
}

TEST(Series, WhatIsUnlimitedOrMissingIsNone) {
  const Recording recording = Rising(2);
  EXPECT_TRUE(std::isnan(FigureValues(recording, "container_limit_bytes", From::kProcess)[0]));
  EXPECT_TRUE(std::isnan(FigureValues(recording, "unheard_of", From::kProcess)[1]));
}

TEST(Series, OldFiguresAreNoneButTheKernelsAreNot) {
  Recording recording = Rising(2);
  recording.samples[1].figures["figures_age_ns"] = 60'000'000'000;
  EXPECT_FALSE(std::isnan(FigureValues(recording, "live_bytes", From::kProcess)[0]));
  EXPECT_TRUE(std::isnan(FigureValues(recording, "live_bytes", From::kProcess)[1]));
  EXPECT_FALSE(std::isnan(FigureValues(recording, "minor_faults_total", From::kKernel)[1]));
}

TEST(Series, RisesBeginAgainWhereACounterFell) {
  const Values rises = RisesOf({5, 7, 3, kNone, 4});
  EXPECT_TRUE(std::isnan(rises[0]));
  EXPECT_EQ(rises[1], 2);
  EXPECT_EQ(rises[2], 3);
  EXPECT_TRUE(std::isnan(rises[3]));
  EXPECT_EQ(rises[4], 1);
}

TEST(Series, RatesAreBySecond) {
  const Recording recording = Rising(3, 0.5);
  EXPECT_EQ(RatesOf(recording, {0, 10, 30})[1], 20);
  EXPECT_EQ(RatesOf(recording, {0, 10, 30})[2], 40);
}

TEST(Series, SamplesOfOneMomentHaveNoRate) {
  Recording recording = Rising(2);
  recording.samples[1].time_s = recording.samples[0].time_s;
  EXPECT_TRUE(std::isnan(RatesOf(recording, {0, 10})[1]));
}

TEST(Series, NumbersThatAreTooLargeAreCut) {
  EXPECT_EQ(ToUnsigned(kNone), 0u);
  EXPECT_EQ(ToUnsigned(-1), 0u);
  EXPECT_GT(ToUnsigned(1e300), uint64_t{1} << 63);
}

}  // namespace
}  // namespace memgov::cli
