#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "absl/strings/match.h"
#include "report.h"

namespace overload {
namespace {

RunResult GoodRun(uint64_t ok) {
  RunResult run;
  run.load.ok_ms.assign(ok, 100);
  run.load.ok_in_time = ok;
  run.load.refused = 10;
  run.load.seconds = 10;
  return run;
}

RunResult KilledRun() {
  RunResult run = GoodRun(5);
  run.how_it_ended = "ended by signal 9 (Killed)";
  run.died_after_seconds = 1.25;
  run.oom_kills = 1;
  return run;
}

Report Governed(RunResult tight) {
  Report report;
  report.limit_bytes = 100 << 20;
  report.contenders.push_back(
      {.name = "memgov", .governed = true, .tight = {tight}, .roomy = {GoodRun(100)}, .failures = {}});
  return report;
}

std::vector<std::string> Missed(const Report& report) {
  std::vector<std::string> missed;
  for (const Bar& bar : JudgeAll(report)) {
    if (!bar.passed) missed.push_back(bar.what);
  }
  return missed;
}

void ExpectOnlyMissed(const Report& report, const char* part) {
  const std::vector<std::string> missed = Missed(report);
  ASSERT_EQ(missed.size(), 1u) << part;
  EXPECT_TRUE(absl::StrContains(missed.front(), part)) << missed.front();
}

TEST(Bars, AGoodRunPasses) { EXPECT_TRUE(Missed(Governed(GoodRun(60))).empty()); }

TEST(Bars, EachFaultMissesItsOwn) {
  RunResult run = GoodRun(60);
  run.oom_kills = 1;
  ExpectOnlyMissed(Governed(run), "did not survive");
  run = GoodRun(60);
  run.late_failed_charges = 1;
  ExpectOnlyMissed(Governed(run), "charges failed");
  run = GoodRun(60);
  run.load.unanswered = 1;
  ExpectOnlyMissed(Governed(run), "without an answer");
  run = GoodRun(60);
  run.load.other_status = 1;
  ExpectOnlyMissed(Governed(run), "without an answer");
  run = GoodRun(60);
  run.load.refused_mutely = 1;
  ExpectOnlyMissed(Governed(run), "without Retry-After");
  run = GoodRun(60);
  run.load.refused = 0;
  ExpectOnlyMissed(Governed(run), "something was refused");
  ExpectOnlyMissed(Governed(GoodRun(59)), "goodput");
  run = GoodRun(60);
  std::fill(run.load.ok_ms.begin(), run.load.ok_ms.end(), 201);
  ExpectOnlyMissed(Governed(run), "p99");
}

TEST(Bars, OneBadRunOfManyIsEnough) {
  Report report = Governed(GoodRun(60));
  report.contenders[0].tight.push_back(KilledRun());
  report.contenders[0].roomy.push_back(GoodRun(100));
  EXPECT_FALSE(Missed(report).empty());
}

TEST(Bars, TheOthersAreExpectedToFall) {
  Report report;
  report.contenders.push_back(
      {.name = "glibc", .governed = false, .tight = {KilledRun()}, .roomy = {}, .failures = {}});
  EXPECT_TRUE(Missed(report).empty());
  report.contenders[0].tight.push_back(GoodRun(60));
  ExpectOnlyMissed(report, "is killed");
  report.in_cgroup = false;
  report.contenders[0].tight[1].over = true;
  EXPECT_TRUE(Missed(report).empty());
}

TEST(Bars, WhatCouldNotBeMeasuredIsMissed) {
  Report report = Governed(GoodRun(60));
  report.contenders[0].failures = {"it did not start"};
  ExpectOnlyMissed(report, "could not be measured");
}

TEST(Report, NamesOutcomes) {
  EXPECT_EQ(Outcome(GoodRun(1), 0), "alive");
  EXPECT_EQ(Outcome(KilledRun(), 0), "killed after 1.2 s");
  RunResult over = GoodRun(1);
  over.over = true;
  over.peak_bytes = 3 << 20;
  EXPECT_EQ(Outcome(over, 1 << 20), "over by 2.0 MiB");
}

TEST(Report, TableAndJsonHaveEveryRun) {
  Report report = Governed(GoodRun(60));
  report.contenders.push_back(
      {.name = "glibc", .governed = false, .tight = {KilledRun()}, .roomy = {}, .failures = {}});
  const std::string table = FormatReport(report);
  EXPECT_TRUE(absl::StrContains(table, "killed after 1.2 s")) << table;
  EXPECT_FALSE(absl::StrContains(table, "MISSED")) << table;
  const nlohmann::json json = nlohmann::json::parse(ReportAsJson(report));
  EXPECT_EQ(json["contenders"][0]["tight"][0]["ok"], 60);
  EXPECT_EQ(json["contenders"][0]["roomy"][0]["ok_per_second"], 10.0);
  EXPECT_EQ(json["contenders"][1]["tight"][0]["oom_kills"], 1);
  EXPECT_EQ(json["bars"].size(), JudgeAll(report).size());
}

}  // namespace
}  // namespace overload
