#include "governor/cli/show/stat.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/cli/show/readings.h"

namespace memgov::cli {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

Fresh ExampleFresh() {
  Fresh fresh;
  fresh.process.pid = 42;
  fresh.process.reading = ExampleReading();
  fresh.answered = true;
  return fresh;
}

std::string Printed(const Fresh& fresh) {
  std::ostringstream out;
  PrintStat(fresh, ExampleRow(42, "gateway", 0), out);
  return out.str();
}

TEST(Stat, HasFiguresInGroups) {
  const std::string text = Printed(ExampleFresh());
  EXPECT_THAT(text, ContainsRegex("memory +resident +120.0 MB"));
  EXPECT_THAT(text, ContainsRegex("rung +soft"));
  EXPECT_THAT(text, ContainsRegex("container limit +unlimited"));
  EXPECT_THAT(text, ContainsRegex("stall longest +1.5 ms"));
  EXPECT_THAT(text, ContainsRegex("releases +idle +trims 3, trimmed 5.0 MB"));
  EXPECT_THAT(text, ContainsRegex("figures +of now"));
}

TEST(Stat, LeavesReasonsOutThatNeverWere) {
  EXPECT_THAT(Printed(ExampleFresh()), Not(HasSubstr("hard  ")));
  Fresh fresh = ExampleFresh();
  std::fill(fresh.process.reading.values.begin(), fresh.process.reading.values.end(), 0);
  EXPECT_THAT(Printed(fresh), ContainsRegex("releases +none yet"));
}

TEST(Stat, ShowsWhatALaterVersionHas) {
  Fresh fresh = ExampleFresh();
  AddFigure(fresh.process.reading, "dreams_total", 7, Unit::kNumber);
  EXPECT_THAT(Printed(fresh), ContainsRegex("other +dreams +7"));
}

TEST(Stat, SaysHowOldItIs) {
  Fresh fresh = ExampleFresh();
  fresh.answered = false;
  fresh.age = absl::Seconds(12);
  fresh.why_not = "it is stopped";
  EXPECT_THAT(Printed(fresh), ContainsRegex("figures +of 12.0 s ago"));
  EXPECT_EQ(fresh.Note(), "figures of 12.0 s ago: it is stopped");
  fresh.age = absl::InfiniteDuration();
  EXPECT_EQ(fresh.Note(), "no figures yet: it is stopped");
}

TEST(Stat, SurvivesHostileReadings) {
  Fresh fresh = ExampleFresh();
  Reading& reading = fresh.process.reading;
  reading.version = "\x1b[2J";
  AddFigure(reading, "\x1b]0;x\x07_bytes", UINT64_MAX);
  AddFigure(reading, "far_seconds", UINT64_MAX, Unit::kNanoseconds);
  AddFigure(reading, "odd_total", 1, Unit::kNumber, "\"");
  reading.values.pop_back();
  reading.pools.push_back({"\xff\x1b", {}});
  EXPECT_THAT(Printed(fresh), Not(HasSubstr("\x1b")));
  std::ostringstream out;
  Print(StatJson(fresh, ExampleRow(42, "\xff", 0)), out);
  EXPECT_TRUE(Json::accept(out.str()));
}

TEST(Stat, JsonIsAsTheProcessOwn) {
  const Json json = StatJson(ExampleFresh(), ExampleRow(42, "gateway", 0));
  EXPECT_EQ(json["pid"], 42);
  EXPECT_EQ(json["engine"], "arena");
  EXPECT_EQ(json["held_bytes"], uint64_t{100} << 20);
  EXPECT_TRUE(json["container_limit_bytes"].is_null());
  EXPECT_DOUBLE_EQ(json["stall_longest_seconds"], 0.0015);
  EXPECT_EQ(json["releases"][0]["reason"], "idle");
  EXPECT_EQ(json["releases"][0]["trims_total"], 3);
  EXPECT_EQ(json["releases"][1]["trimmed_bytes_total"], 0);
  EXPECT_EQ(json["pools"][1]["pool"], "io");
  EXPECT_EQ(json["pools"][1]["held_bytes"], uint64_t{64} << 20);
  EXPECT_TRUE(json["pools"][1]["soft_budget_bytes"].is_null());
}

TEST(Stat, JsonHasWordsAndAnswers) {
  Fresh fresh = ExampleFresh();
  AddFigure(fresh.process.reading, "governor_running", 1, Unit::kNumber);
  AddFigure(fresh.process.reading, "recycle_advised", 0, Unit::kNumber);
  const Json json = StatJson(fresh, ExampleRow(42, "gateway", 0));
  EXPECT_EQ(json["rung"], "soft");
  EXPECT_EQ(json["governor_running"], true);
  EXPECT_EQ(json["recycle_advised"], false);
  EXPECT_FALSE(json.contains("named_pools")) << "an older process does not say";
}

TEST(Stat, CountsPoolsAsTheyAreShown) {
  Fresh fresh = ExampleFresh();
  AddFigure(fresh.process.reading, "named_pools", 5, Unit::kNumber);
  EXPECT_EQ(StatJson(fresh, ExampleRow(42, "gateway", 0))["named_pools"], 2);
  EXPECT_THAT(Printed(fresh), ContainsRegex("named pools +2\n"));
}

}  // namespace
}  // namespace memgov::cli
