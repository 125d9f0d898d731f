#include "governor/cli/launch/comparison.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <sstream>

#include "governor/cli/launch/comparison_text.h"

namespace memgov::cli {
namespace {

using ::testing::HasSubstr;

constexpr uint64_t kMiB = 1 << 20;

Trial TrialOf(uint64_t peak_mib, uint64_t last_mib, double seconds) {
  Trial trial;
  trial.peak_bytes = peak_mib * kMiB;
  trial.last_bytes = last_mib * kMiB;
  trial.most_processes = 1;
  trial.seconds = trial.cpu_seconds = seconds;
  trial.status = 0;
  trial.ended_by_itself = true;
  trial.governed = true;
  return trial;
}

TEST(Comparison, Spreads) {
  EXPECT_DOUBLE_EQ(SpreadOf({3, 1, 2}).median, 2);
  EXPECT_DOUBLE_EQ(SpreadOf({4, 1}).median, 2.5);
  EXPECT_DOUBLE_EQ(SpreadOf({4, 1, 9}).most, 9);
  EXPECT_DOUBLE_EQ(SpreadOf({}).median, 0);
}

TEST(Comparison, DifferentOnlyBeyondTheSpread) {
  EXPECT_TRUE(Differs({100, 90, 110}, {50, 45, 55}, 3, 10));
  EXPECT_FALSE(Differs({100, 50, 110}, {50, 45, 55}, 3, 10));  // overlap
  EXPECT_FALSE(Differs({100, 100, 100}, {96, 96, 96}, 3, 1));  // 4 %
  EXPECT_FALSE(Differs({100, 100, 100}, {94, 94, 94}, 1, 1));  // 6 % of one run
  EXPECT_FALSE(Differs({100, 100, 100}, {50, 50, 50}, 3, 60));
}

TEST(Comparison, SaysWhatIsSavedAndWhatItCosts) {
  const Comparison runs{{"gate"}, false, {TrialOf(400, 380, 1)}, {TrialOf(200, 20, 1.5)}};
  EXPECT_EQ(
      Verdict(runs),
      "memgov saves 360.0 MB (95 %) at the end and 200.0 MB (50 %) at the peak and costs 50 % wall time and "
      "50 % CPU time.");
}

TEST(Comparison, SaysWhenNothingChanges) {
  const Comparison runs{{"gate"}, false, {TrialOf(400, 380, 1)}, {TrialOf(399, 381, 1)}};
  EXPECT_EQ(Verdict(runs), "memgov makes no difference in memory and takes no more time.");
}

TEST(Comparison, SaysWhenMemgovTakesMore) {
  const Comparison runs{{"gate"}, true, {TrialOf(100, 80, 1)}, {TrialOf(150, 20, 1)}};
  EXPECT_THAT(Verdict(runs),
              HasSubstr("saves 60.0 MB (75 %) after the load, but takes 50.0 MB (50 %) at the peak more"));
}

TEST(Comparison, FailureUnderMemgovComesFirst) {
  Comparison runs{{"gate"}, false, {TrialOf(400, 380, 1)}, {TrialOf(200, 20, 1)}};
  runs.with[0].status = SIGABRT;
  EXPECT_FALSE(Succeeded(runs));
  EXPECT_EQ(Verdict(runs), "not like this: under memgov the command ended with SIGABRT, without it with 0.");
}

TEST(Comparison, RefusalsAndDoubtsAreSaid) {
  Comparison runs{{"gate"}, false, {TrialOf(400, 380, 1)}, {TrialOf(200, 20, 1)}};
  runs.with[0].refused_allocations = 7;
  runs.with[0].governed = false;
  EXPECT_THAT(Verdict(runs), HasSubstr("refused 7 allocations"));
  EXPECT_THAT(Verdict(runs), HasSubstr("not seen in every run"));
}

TEST(Comparison, ShortRunsAreNotCompared) {
  Comparison runs{{"gate"}, false, {TrialOf(8, 4, 0.02)}, {TrialOf(20, 4, 0.02)}};
  runs.without[0].last_bytes = std::nullopt;
  runs.without[0].peak_seen_bytes = 0;
  EXPECT_EQ(
      Verdict(runs),
      "memgov makes no difference in memory that could be seen and takes no more time. Its runs are too "
      "short to judge idle memory.");
  std::ostringstream out;
  PrintComparison(runs, out, 0);
  EXPECT_THAT(out.str(), ::testing::ContainsRegex("peak RSS +<= 8.0 MB +20.0 MB *\n"));
  EXPECT_THAT(out.str(), ::testing::ContainsRegex("at the end +too short +too short *\n"));
  EXPECT_TRUE(ToJson(runs)["without"]["last_bytes"].is_null());
  EXPECT_EQ(ToJson(runs)["without"]["runs"][0]["peak_is_bound"], true);
}

TEST(Comparison, TenLinesAtEightyColumns) {
  const Comparison runs{{"gate"}, false, {TrialOf(400, 380, 1)}, {TrialOf(390, 375, 1)}};
  std::ostringstream out;
  PrintComparison(runs, out, 80);
  std::istringstream lines(out.str());
  std::string line;
  int count = 0;
  for (; std::getline(lines, line); ++count) EXPECT_LE(line.size(), 80U) << line;
  EXPECT_EQ(count, 10);
  EXPECT_THAT(out.str(), HasSubstr("peak RSS"));
}

TEST(Comparison, PssWhereProcessesShare) {
  Comparison runs{{"gate"}, false, {TrialOf(400, 380, 1)}, {TrialOf(390, 375, 1)}};
  runs.with[0].most_processes = 5;
  std::ostringstream out;
  PrintComparison(runs, out, 0);
  EXPECT_THAT(out.str(), HasSubstr("peak PSS of 5"));
  EXPECT_EQ(ToJson(runs)["measure"], "pss");
}

TEST(Comparison, JsonOfAnyBytes) {
  const Comparison runs{{"gate\xff\n"}, false, {TrialOf(1, 1, 1)}, {TrialOf(1, 1, 1)}};
  const auto parsed = nlohmann::json::parse(Dump(ToJson(runs)));
  EXPECT_EQ(parsed["memgov"]["runs"].size(), 1U);
  EXPECT_EQ(parsed["without"]["peak_bytes"], kMiB);
}

Trial Stopped(int status) {
  Trial trial = TrialOf(1, 1, 1);
  trial.ended_by_itself = false;
  trial.status = status;
  return trial;
}

TEST(Comparison, HowARunMayEnd) {
  EXPECT_TRUE(EndedWell(TrialOf(1, 1, 1)));
  EXPECT_TRUE(EndedWell(Stopped(SIGTERM)));
  EXPECT_TRUE(EndedWell(Stopped(143 << 8)));
  EXPECT_FALSE(EndedWell(Stopped(SIGSEGV)));
  Trial failed = TrialOf(1, 1, 1);
  failed.status = 1 << 8;
  EXPECT_FALSE(EndedWell(failed));
  Trial killed = Stopped(SIGKILL);
  killed.killed = true;
  EXPECT_FALSE(EndedWell(killed));
  EXPECT_EQ(DescribeStatus(SIGSEGV), "SIGSEGV");
  EXPECT_EQ(DescribeStatus(3 << 8), "3");
  EXPECT_EQ(DescribeStatus(std::nullopt), "not ended");
}

}  // namespace
}  // namespace memgov::cli
