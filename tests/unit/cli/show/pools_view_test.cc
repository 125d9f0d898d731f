#include "governor/cli/show/pools_view.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/cli/show/readings.h"

namespace memgov::cli {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

TEST(Pools, HoldShares) {
  const std::vector<PoolRow> rows = PoolRowsOf(ExampleReading());
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].name, "io");
  EXPECT_DOUBLE_EQ(rows[0].share, 0.64);
  EXPECT_DOUBLE_EQ(rows[1].share, 0.16);
  EXPECT_EQ(HeldByNoPool(ExampleReading()), uint64_t{20} << 20);
}

TEST(Pools, AreATableWithBars) {
  const std::vector<std::string> lines = PoolTable(ExampleReading(), 10, false).Lines(0);
  ASSERT_EQ(lines.size(), 4u);
  EXPECT_THAT(lines[1], ContainsRegex("^io +12 +0 +52.0 MB +64.0 MB +64%  ######....  +-$"));
  EXPECT_THAT(lines[2], ContainsRegex("^parse +4 .* 16%  ##........  32.0 MB$"));
  EXPECT_THAT(lines[3], ContainsRegex("no pool.* 20.0 MB +20%  ##........"));
}

TEST(Pools, ThatHaveNothingAreLeftOut) {
  Reading reading = ExampleReading();
  reading.pools.push_back({"empty", {0, 0, 0, 0}});
  for (const std::string& line : PoolTable(reading, 10, false).Lines(0))
    EXPECT_THAT(line, Not(HasSubstr("empty")));
}

TEST(Pools, OfMoreThanTheProcessHoldsDoNotOverflow) {
  Reading reading = ExampleReading();
  reading.pools.push_back({"\x1b[2J", {1, UINT64_MAX, UINT64_MAX, 0}});
  EXPECT_EQ(HeldByNoPool(reading), 0u);
  for (const PoolRow& row : PoolRowsOf(reading)) EXPECT_LE(row.share, 1.0);
  for (const std::string& line : PoolTable(reading, 10, true).Lines(80))
    EXPECT_THAT(line, Not(HasSubstr("\x1b")));
}

TEST(Pools, OfNothingHaveNoShare) {
  const Reading reading;
  EXPECT_TRUE(PoolRowsOf(reading).empty());
  EXPECT_EQ(PoolTable(reading, 10, false).Lines(0).size(), 2u);
}

}  // namespace
}  // namespace memgov::cli
