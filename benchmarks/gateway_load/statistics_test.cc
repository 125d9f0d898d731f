#include "statistics.h"

#include <gtest/gtest.h>

namespace gateway_load {
namespace {

TEST(Percentile, IsTheNearestRank) {
  const std::vector<double> values = {40, 10, 30, 20};
  EXPECT_EQ(Percentile(values, 50), 20);
  EXPECT_EQ(Percentile(values, 51), 30);
  EXPECT_EQ(Percentile(values, 99), 40);
  EXPECT_EQ(Percentile(values, 1), 10);
  EXPECT_EQ(Percentile({7}, 99), 7);
  EXPECT_EQ(Percentile({}, 99), 0);
}

TEST(Summarise, GivesMedianAndExtremes) {
  const Figure odd = Summarise({3, 1, 2});
  EXPECT_EQ(odd.median, 2);
  EXPECT_EQ(odd.lowest, 1);
  EXPECT_EQ(odd.highest, 3);
  EXPECT_EQ(Summarise({4, 1, 2, 3}).median, 2.5);
  EXPECT_EQ(Summarise({}).median, 0);
}

}  // namespace
}  // namespace gateway_load
