#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "chart.h"
#include "comparison.h"
#include "table.h"

namespace gateway_load {
namespace {

constexpr double kMebibyte = 1 << 20;

PassResult Pass(double requests_per_second, double mebibytes) {
  PassResult pass;
  pass.requests_per_second = requests_per_second;
  pass.requests = 100;
  pass.load_seconds = 2;
  pass.base_bytes = 10 * kMebibyte;
  pass.rss = {{0, mebibytes * kMebibyte}, {2.5, 20 * kMebibyte}, {4, 15 * kMebibyte}};
  return pass;
}

Comparison Example() {
  Comparison comparison;
  comparison.runs = 3;
  comparison.results.push_back({.allocator = {.name = "one", .preload = {}, .environment = {}},
                                .passes = {Pass(300, 100), Pass(100, 300), Pass(200, 200)},
                                .failures = {}});
  comparison.absent = {"two: not installed"};
  LiveResult live;
  live.average_bytes = 50 * kMebibyte;
  live.window_peak_bytes = 80 * kMebibyte;
  live.series.requested = {{0, 1}, {2, 2}};
  comparison.live = live;
  return comparison;
}

TEST(Comparison, TakesMediansAndTheTypicalPass) {
  const AllocatorResult result = Example().results[0];
  EXPECT_EQ(result.Over([](const PassResult& pass) { return pass.requests_per_second; })->median, 200);
  EXPECT_EQ(result.Typical()->requests_per_second, 200);
  EXPECT_FALSE(result.Over([](const PassResult& pass) { return pass.BytesAfter(5); }).has_value());
}

TEST(Comparison, IsWellOnlyWithoutErrorsAndFailures) {
  Comparison comparison = Example();
  EXPECT_TRUE(comparison.AllWell());
  comparison.results[0].passes[1].errors = 1;
  EXPECT_FALSE(comparison.AllWell());
  comparison = Example();
  comparison.results[0].failures.push_back("ended by signal 11");
  EXPECT_FALSE(comparison.AllWell());
  EXPECT_NE(FormatComparison(comparison).find("one: ended by signal 11\n"), std::string::npos);
}

TEST(Comparison, TheTableHasFiguresAndRatios) {
  const std::string table = FormatComparison(Example());
  // 200 MiB on average under load, 10 at the base, 50 live, W 80; nothing was watched for 5 s.
  EXPECT_NE(table.find("one  "), std::string::npos) << table;
  EXPECT_NE(table.find("200.0  200.0  200.0  20.0     -      4.00   2.50          2.38       0"),
            std::string::npos)
      << table;
  EXPECT_NE(table.find("100..300"), std::string::npos) << table;
  EXPECT_NE(table.find("not measured: two: not installed\n"), std::string::npos) << table;
}

TEST(Comparison, TheJsonParsesAndHoldsEveryPass) {
  const nlohmann::json document = nlohmann::json::parse(ComparisonAsJson(Example()));
  const nlohmann::json& result = document["results"][0];
  EXPECT_EQ(result["allocator"], "one");
  EXPECT_EQ(result["runs"].size(), 3u);
  EXPECT_EQ(result["summary"]["requests_per_second"]["highest"], 300);
  EXPECT_TRUE(result["runs"][0]["rss_after_5s_bytes"].is_null());
  EXPECT_EQ(result["runs"][0]["rss_bytes_by_second"].size(), 3u);
  EXPECT_EQ(document["live"]["window_peak_bytes"], 80 * kMebibyte);
}

TEST(Table, AlignsColumns) {
  EXPECT_EQ(FormatTable({"a", "bbb"}, {{"long", "1"}, {"b", "22"}}),
            "a     bbb\n----  ---\nlong    1\nb      22\n");
}

TEST(NiceStep, IsOneTwoOrFiveTimesAPowerOfTen) {
  EXPECT_DOUBLE_EQ(NiceStep(100, 10), 10);
  EXPECT_DOUBLE_EQ(NiceStep(101, 10), 20);
  EXPECT_DOUBLE_EQ(NiceStep(900, 8), 200);
  EXPECT_DOUBLE_EQ(NiceStep(0.7, 10), 0.1);
}

TEST(Chart, HasALineAndALegendEntryForEachAndOneMarker) {
  const Series series = {{0, kMebibyte}, {10, 2 * kMebibyte}};
  const std::string svg = DrawChart({.title = "a < b",
                                     .subtitle = "",
                                     .lines = {{.name = "one", .series = series, .load_seconds = 8},
                                               {.name = "two", .series = series, .load_seconds = 8.1}}});
  EXPECT_NE(svg.find("a &lt; b"), std::string::npos);
  EXPECT_NE(svg.find(">one<"), std::string::npos);
  EXPECT_NE(svg.find(">two<"), std::string::npos);
  EXPECT_NE(svg.find(">end of load<"), std::string::npos);
  EXPECT_EQ(svg.find("nan"), std::string::npos);
}

TEST(Chart, MarksEachEndWhereLoadsEndApart) {
  const Series series = {{0, kMebibyte}, {10, 2 * kMebibyte}};
  const std::string svg = DrawChart({.title = "",
                                     .subtitle = "",
                                     .lines = {{.name = "one", .series = series, .load_seconds = 3},
                                               {.name = "two", .series = series, .load_seconds = 8}}});
  EXPECT_EQ(svg.find(">end of load<"), std::string::npos);
  EXPECT_NE(svg.find("<circle"), std::string::npos);
}

}  // namespace
}  // namespace gateway_load
