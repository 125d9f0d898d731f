#include <gtest/gtest.h>

#include "governor/cli/recording/parse_line.h"
#include "governor/cli/recording/sampler.h"

namespace memgov::cli {
namespace {

TEST(TakeFigures, NamesLoseTheirPrefixAndKeepTheirLabels) {
  Reading reading;
  reading.names = {{"memgov_live_bytes", "", Unit::kBytes, false},
                   {"memgov_trims_total", "reason=\"idle\"", Unit::kNumber, true}};
  reading.values = {7, 9};
  reading.pool_names = {{"memgov_pool_live_bytes", "", Unit::kBytes, false}};
  reading.pools = {{"io", {5}}};
  Sample sample;
  TakeFigures(reading, sample);
  EXPECT_EQ(sample.Value("live_bytes"), 7u);
  EXPECT_EQ(sample.Value("trims_total{reason=\"idle\"}"), 9u);
  ASSERT_EQ(sample.pools.size(), 1u);
  EXPECT_EQ(sample.pools[0].figures.Find("live_bytes"), 5u);
}

TEST(TakeFigures, AHostileSegmentMakesNoUnreadableRecording) {
  Reading reading;
  for (size_t index = 0; index < 3 * kMostFigures; ++index) {
    reading.names.push_back({"memgov_" + std::to_string(index), "", Unit::kNumber, false});
    reading.values.push_back(index);
  }
  reading.names[0].name = std::string(1000, 'x');
  reading.pools.resize(2 * kMostPools);
  reading.pool_names = reading.names;
  Sample sample;
  TakeFigures(reading, sample);
  EXPECT_LE(sample.figures.size(), kMostFigures);
  EXPECT_EQ(sample.pools.size(), kMostPools);
}

TEST(TimeLine, OnlyTheMonotonicClockMovesIt) {
  const TimeLine line(1'800'000'000'000'000'000, 50'000'000'000);
  EXPECT_DOUBLE_EQ(line.SecondsAt(50'000'000'000), 1'800'000'000);
  EXPECT_DOUBLE_EQ(line.SecondsAt(52'500'000'000), 1'800'000'002.5);
}

}  // namespace
}  // namespace memgov::cli
