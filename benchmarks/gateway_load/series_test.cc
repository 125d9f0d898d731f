#include "series.h"

#include <gtest/gtest.h>

namespace gateway_load {
namespace {

const Series kSteps = {{0, 10}, {1, 30}, {3, 20}};

TEST(Series, ValueHoldsUntilTheNextPoint) {
  EXPECT_EQ(ValueAt(kSteps, -1), 10);
  EXPECT_EQ(ValueAt(kSteps, 0.99), 10);
  EXPECT_EQ(ValueAt(kSteps, 1), 30);
  EXPECT_EQ(ValueAt(kSteps, 99), 20);
  EXPECT_EQ(ValueAt({}, 1), 0);
}

TEST(Series, AverageIsWeightedByTime) {
  EXPECT_DOUBLE_EQ(Average(kSteps, {0, 4}), (10 * 1 + 30 * 2 + 20 * 1) / 4.0);
  EXPECT_DOUBLE_EQ(Average(kSteps, {0.5, 1.5}), 20);
  EXPECT_DOUBLE_EQ(Average(kSteps, {2, 2}), 30);
  EXPECT_DOUBLE_EQ(Average(kSteps, {5, 9}), 20);
  EXPECT_DOUBLE_EQ(Average({}, {0, 1}), 0);
}

TEST(Series, PeakSeesWhatHoldsAtTheStart) {
  EXPECT_EQ(Peak(kSteps, {2, 9}), 30);
  EXPECT_EQ(Peak(kSteps, {3, 9}), 20);
  EXPECT_EQ(Peak(kSteps, {0, 1}), 30);
}

TEST(Series, RollingPeakForgetsAfterTheWindow) {
  const Series series = {{0, 5}, {0.1, 50}, {0.2, 5}, {0.3, 6}, {0.46, 7}};
  const Series peaks = RollingPeak(series, {0.1, 1}, 0.25);
  ASSERT_EQ(peaks.size(), 4u);
  EXPECT_EQ(peaks[0].bytes, 50);
  EXPECT_EQ(peaks[2].bytes, 50);
  EXPECT_EQ(peaks[3].bytes, 7) << "50 held until 0.2, and 0.46 - 0.25 is later";
}

TEST(Series, RollingPeakKeepsWhatStillHoldsInsideTheWindow) {
  const Series series = {{0, 50}, {10, 5}, {10.3, 4}};
  const Series peaks = RollingPeak(series, {0, 20}, 0.25);
  ASSERT_EQ(peaks.size(), 3u);
  EXPECT_EQ(peaks[1].bytes, 50) << "it held until this very moment";
  EXPECT_EQ(peaks[2].bytes, 5);
}

TEST(Series, ThinnedKeepsTheAverage) {
  const Series thinned = Thinned(kSteps, {0, 4}, 2);
  ASSERT_EQ(thinned.size(), 2u);
  EXPECT_DOUBLE_EQ(thinned[0].seconds, 1);
  EXPECT_DOUBLE_EQ(thinned[0].bytes, 20);
  EXPECT_DOUBLE_EQ(thinned[1].bytes, 25);
}

}  // namespace
}  // namespace gateway_load
