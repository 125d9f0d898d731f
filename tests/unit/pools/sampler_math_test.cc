// The sampler's arithmetic against the closed forms.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>

#include "governor/pools/sampler.h"

namespace memgov::sampler {
namespace {

TEST(SamplerMathTest, WeightIsTheClosedForm) {
  const double mean = static_cast<double>(kMeanBytes);
  for (double ratio = 1e-7; ratio < 1e5; ratio *= 1.07) {
    const double expected = ratio * mean / -std::expm1(-ratio);
    const double tolerance = ratio < 1e-3 ? 1e-4 : 1e-6;
    EXPECT_NEAR(WeightOf(ratio * mean, mean) / expected, 1, tolerance) << ratio;
  }
}

TEST(SamplerMathTest, WeightIsNeverBelowSizeOrMean) {
  const double mean = static_cast<double>(kMeanBytes);
  EXPECT_EQ(WeightOf(0, mean), mean);
  for (double size = 1; size < 1e12; size *= 1.3) {
    EXPECT_GE(WeightOf(size, mean), size * (1 - 1e-9));
    EXPECT_GE(WeightOf(size, mean), mean * (1 - 1e-6));
  }
}

class DrawIntervalTest : public testing::TestWithParam<uint64_t> {};

TEST_P(DrawIntervalTest, HasItsMeanSpreadAndBounds) {
  constexpr int kDraws = 1000000;
  const double mean = static_cast<double>(GetParam());
  uint64_t state = 42;
  double sum = 0;
  double squares = 0;
  int below_mean = 0;
  for (int draw = 0; draw < kDraws; ++draw) {
    const uint64_t interval = DrawInterval(state, GetParam());
    ASSERT_GE(interval, 1U);
    ASSERT_LE(interval, 32 * GetParam());
    const double value = static_cast<double>(interval);
    sum += value;
    squares += value * value;
    below_mean += value < mean;
  }
  // Four standard errors of each estimate, for an exponential distribution.
  const double root = std::sqrt(kDraws);
  EXPECT_NEAR(sum / kDraws / mean, 1, 4 / root);
  EXPECT_NEAR(squares / kDraws / (2 * mean * mean), 1, 4 * std::sqrt(5) / root);
  const double expected_below = 1 - std::exp(-1);
  EXPECT_NEAR(below_mean / double{kDraws}, expected_below, 4 * 0.483 / root);
}

INSTANTIATE_TEST_SUITE_P(Means, DrawIntervalTest, testing::Values(4096, kMeanBytes, uint64_t{1} << 40));

TEST(SamplerMathTest, IntervalsOfTheSmallestMeanAreAtLeastOne) {
  uint64_t state = 7;
  for (int draw = 0; draw < 10000; ++draw) {
    const uint64_t interval = DrawInterval(state, 1);
    EXPECT_GE(interval, 1U);
    EXPECT_LE(interval, 32U);
  }
}

TEST(SamplerMathTest, OnlyTwoPlacesOfAPageHoldSmallSamples) {
  int may = 0;
  for (uintptr_t offset = 0; offset < kAlignment; offset += 8) {
    may += IsSamplePlace(reinterpret_cast<void*>((uintptr_t{1} << 30) + offset));
  }
  EXPECT_EQ(may, 2);
  EXPECT_TRUE(IsSamplePlace(reinterpret_cast<void*>(uintptr_t{1} << 30)));
  EXPECT_TRUE(IsSamplePlace(reinterpret_cast<void*>((uintptr_t{1} << 30) + 16)));
}

}  // namespace
}  // namespace memgov::sampler
