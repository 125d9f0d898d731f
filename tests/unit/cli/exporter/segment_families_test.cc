#include "governor/cli/exporter/segment_families.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace memgov::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* kLabels = "pid=\"7\",command=\"gateway\"";

Reading SomeReading() {
  Reading reading;
  reading.wall_clock_ns = 1'700'000'000'500'000'000;
  reading.names = {{"memgov_live_bytes", "", Unit::kBytes, false},
                   {"memgov_hard_budget_bytes", "", Unit::kBytes, false},
                   {"memgov_stall_longest_seconds", "", Unit::kNanoseconds, false},
                   {"memgov_trims_total", "reason=\"idle\"", Unit::kNumber, true},
                   {"memgov_trims_total", "reason=\"soft\"", Unit::kNumber, true}};
  reading.values = {4096, UINT64_MAX, 2'500'000, 3, 4};
  reading.pool_names = {{"memgov_pool_held_bytes", "", Unit::kBytes, false}};
  reading.pools = {{"io", {8192}}, {"a\"b\xff", {1}}};
  return reading;
}

std::string PageOf(const Reading& reading) {
  Exposition page;
  AddSegmentFamilies(reading, kLabels, page);
  return page.Text();
}

TEST(SegmentFamilies, FiguresHaveTheirTablesHelpAndUnit) {
  const std::string page = PageOf(SomeReading());
  EXPECT_THAT(
      page, HasSubstr("# HELP memgov_live_bytes Asked for and not yet freed\n# TYPE memgov_live_bytes gauge\n"
                      "memgov_live_bytes{pid=\"7\",command=\"gateway\"} 4096\n"));
  EXPECT_THAT(page, HasSubstr("memgov_hard_budget_bytes{pid=\"7\",command=\"gateway\"} +Inf\n"));
  EXPECT_THAT(page, HasSubstr("memgov_stall_longest_seconds{pid=\"7\",command=\"gateway\"} 0.0025\n"));
  EXPECT_THAT(page, HasSubstr("# TYPE memgov_trims_total counter\n"
                              "memgov_trims_total{pid=\"7\",command=\"gateway\",reason=\"idle\"} 3\n"
                              "memgov_trims_total{pid=\"7\",command=\"gateway\",reason=\"soft\"} 4\n"));
  EXPECT_THAT(page,
              HasSubstr("memgov_figures_timestamp_seconds{pid=\"7\",command=\"gateway\"} 1700000000.5\n"));
}

TEST(SegmentFamilies, PoolsHaveALabelWhateverTheirName) {
  const std::string page = PageOf(SomeReading());
  EXPECT_THAT(page, HasSubstr("memgov_pool_held_bytes{pid=\"7\",command=\"gateway\",pool=\"io\"} 8192\n"));
  EXPECT_THAT(page,
              HasSubstr("memgov_pool_held_bytes{pid=\"7\",command=\"gateway\",pool=\"a\\\"b\\\\xff\"} 1\n"));
}

TEST(SegmentFamilies, NothingBeforeTheFirstFigures) {
  Reading reading = SomeReading();
  reading.wall_clock_ns = 0;
  const std::string page = PageOf(reading);
  EXPECT_THAT(page, HasSubstr("memgov_figures_timestamp_seconds{pid=\"7\",command=\"gateway\"} 0\n"));
  EXPECT_THAT(page, Not(HasSubstr("memgov_live_bytes")));
}

TEST(SegmentFamilies, FiguresOfALaterVersionAreThere) {
  Reading reading = SomeReading();
  reading.names.push_back({"memgov_moons_total", "", Unit::kNumber, true});
  reading.values.push_back(9);
  EXPECT_THAT(PageOf(reading), HasSubstr("# TYPE memgov_moons_total counter\n"
                                         "memgov_moons_total{pid=\"7\",command=\"gateway\"} 9\n"));
}

TEST(SegmentFamilies, AKnownNameKeepsItsKind) {
  Reading reading = SomeReading();
  reading.names[0].counter = true;
  EXPECT_THAT(PageOf(reading), HasSubstr("# TYPE memgov_live_bytes gauge\n"));
}

TEST(SegmentFamilies, HostileNamesAreLeftOut) {
  Reading reading = SomeReading();
  reading.names = {{"up", "", Unit::kNumber, false},
                   {"memgov_exporter_processes", "", Unit::kNumber, false},
                   {"memgov_moons", "pid=\"1\"", Unit::kNumber, false},
                   {"memgov_moons", "} 1\nup 0", Unit::kNumber, false},
                   {"memgov_moons", "", Unit::kNumber, true}};
  reading.values = {1, 1, 1, 1, 1};
  reading.pools.clear();
  EXPECT_EQ(PageOf(reading).find("memgov_figures_timestamp_seconds"), 7U);
  EXPECT_EQ(PageOf(reading).rfind("# TYPE"), PageOf(reading).find("# TYPE"));
}

TEST(SegmentFamilies, NoProcessFillsThePage) {
  Reading reading = SomeReading();
  for (int index = 0; index < 5000; ++index) {
    reading.names.push_back({"memgov_a" + std::to_string(index), "", Unit::kNumber, false});
    reading.values.push_back(1);
    reading.pools.push_back({"p" + std::to_string(index), {1}});
  }
  const std::string page = PageOf(reading);
  EXPECT_EQ(std::count(page.begin(), page.end(), '\n'), 835)
      << "257 families in two lines, 256 + 1 + 64 values";
}

TEST(SegmentFamilies, FewerValuesThanNames) {
  Reading reading = SomeReading();
  reading.values.resize(1);
  reading.pools[0].values.clear();
  const std::string page = PageOf(reading);
  EXPECT_THAT(page, HasSubstr("memgov_live_bytes{"));
  EXPECT_THAT(page, Not(HasSubstr("memgov_trims_total")));
}

}  // namespace
}  // namespace memgov::cli
