#include "governor/cli/launch/judgement.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <nlohmann/json.hpp>

#include "governor/cli/launch/judgement_text.h"

namespace memgov::cli {
namespace {

using ::testing::HasSubstr;

constexpr uint64_t kMiB = 1 << 20;

Trial Measured(uint64_t peak_mib, uint64_t idle_mib) {
  Trial trial;
  trial.peak_bytes = peak_mib * kMiB;
  trial.last_bytes = idle_mib * kMiB;
  trial.most_processes = 1;
  trial.status = SIGTERM;
  trial.seconds = trial.measured_seconds = 2;
  trial.governed = true;
  return trial;
}

Judgement Of(const Trial& trial, const Limits& limits, const TrialPlan& plan = {}) {
  return Judge({"gate", "<&\">"}, trial, plan, limits);
}

TEST(Judgement, JustAtALimitPasses) {
  EXPECT_TRUE(Of(Measured(300, 80), {.max_rss = 300 * kMiB, .max_idle_rss = 80 * kMiB}).passed());
  EXPECT_FALSE(Of(Measured(300, 80), {.max_rss = 300 * kMiB - 1}).passed());
  EXPECT_FALSE(Of(Measured(300, 80), {.max_idle_rss = 80 * kMiB - 1}).passed());
}

TEST(Judgement, BaselineAndTolerance) {
  const Limits limits = {.baseline = Baseline{100 * kMiB, 50 * kMiB}, .tolerance = 0.1};
  EXPECT_TRUE(Of(Measured(110, 55), limits).passed());
  EXPECT_FALSE(Of(Measured(111, 55), limits).passed());
  EXPECT_FALSE(Of(Measured(110, 56), limits).passed());
  EXPECT_THAT(
      JudgementAsText(Of(Measured(111, 55), limits)),
      HasSubstr(
          "FAIL  peak RSS against baseline: 111.0 MB, allowed are 110.0 MB (baseline 100.0 MB and 10 %)"));
}

TEST(Judgement, ACommandThatFailsFails) {
  Trial crashed = Measured(1, 1);
  crashed.status = SIGSEGV;
  EXPECT_FALSE(Of(crashed, {}).passed());
  Trial early = Measured(1, 1);
  early.status = 0;
  early.ended_by_itself = early.ended_early = true;
  EXPECT_FALSE(Of(early, {}).passed());
}

TEST(Judgement, ALoadThatFailsFails) {
  TrialPlan plan;
  plan.load = "wrk";
  Trial trial = Measured(1, 1);
  EXPECT_FALSE(Of(trial, {}, plan).passed());  // it never ran
  trial.load_status = 1 << 8;
  EXPECT_FALSE(Of(trial, {}, plan).passed());
  trial.load_status = 0;
  EXPECT_TRUE(Of(trial, {}, plan).passed());
  trial.load_status = SIGTERM;
  trial.load_cut = true;
  EXPECT_TRUE(Of(trial, {}, plan).passed());
}

TEST(Judgement, IdleOfAShortRunIsNotJudged) {
  Trial trial = Measured(300, 0);
  trial.last_bytes = std::nullopt;
  trial.measured_seconds = 0.021;
  const Judgement judgement =
      Of(trial, {.max_idle_rss = kMiB, .baseline = Baseline{300 * kMiB, 50 * kMiB}, .tolerance = 0.1});
  EXPECT_TRUE(judgement.passed());
  EXPECT_THAT(JudgementAsText(judgement),
              HasSubstr("-     idle RSS: too short to judge idle (0.02 s of 0.5 s)\n"));
  EXPECT_THAT(JudgementAsText(judgement), HasSubstr("-     idle RSS against baseline: too short"));
  EXPECT_THAT(JudgementAsJunit(judgement), HasSubstr("skipped=\"2\""));
  EXPECT_THAT(JudgementAsJunit(judgement), HasSubstr("<skipped message=\"too short to judge idle"));
  const auto json = nlohmann::json::parse(JudgementAsJson(judgement));
  EXPECT_TRUE(json["findings"][1]["passed"].is_null());
  EXPECT_TRUE(json["measured"]["last_bytes"].is_null());
}

TEST(Judgement, ABaselineWithoutIdleMemory) {
  const Judgement judgement = Of(Measured(300, 80), {.baseline = Baseline{300 * kMiB, std::nullopt}});
  EXPECT_TRUE(judgement.passed());
  EXPECT_THAT(JudgementAsText(judgement),
              HasSubstr("-     idle RSS against baseline: the baseline has none\n"));
}

// Seen were 2 MB of a peak that was no more than 8 MB.
TEST(Judgement, APeakThatIsABound) {
  Trial trial = Measured(8, 1);
  trial.peak_seen_bytes = 2 * kMiB;
  const auto text = [&](uint64_t mib) { return JudgementAsText(Of(trial, {.max_rss = mib * kMiB})); };
  EXPECT_THAT(text(8), HasSubstr("ok    peak RSS: no more than 8.0 MB, allowed are 8.0 MB\n"));
  EXPECT_THAT(text(7), HasSubstr("-     peak RSS: no more than 8.0 MB, allowed are 7.0 MB: it ended too"));
  EXPECT_THAT(text(1), HasSubstr("FAIL  peak RSS: 2.0 MB, allowed are 1.0 MB\n"));
}

TEST(Judgement, WithoutMemgovItIsNoCheck) {
  Trial trial = Measured(1, 1);
  EXPECT_THAT(JudgementAsText(Of(trial, {})), HasSubstr("ok    memgov: was loaded\n"));
  trial.governed = false;
  EXPECT_TRUE(Of(trial, {}).passed());
  EXPECT_THAT(JudgementAsText(Of(trial, {})), HasSubstr("-     memgov: nobody could see"));
  trial.ran_without = true;
  EXPECT_FALSE(Of(trial, {}).passed());
  EXPECT_THAT(JudgementAsText(Of(trial, {})), HasSubstr("FAIL  memgov: was not loaded"));
  const auto json = nlohmann::json::parse(JudgementAsJson(Of(trial, {})));
  EXPECT_EQ(json["findings"].back()["name"], "memgov");
  EXPECT_EQ(json["findings"].back()["passed"], false);
}

TEST(Judgement, Json) {
  const auto json = nlohmann::json::parse(JudgementAsJson(Of(Measured(300, 80), {.max_rss = 200 * kMiB})));
  EXPECT_EQ(json["passed"], false);
  EXPECT_EQ(json["findings"][1]["bytes"], 300 * kMiB);
  EXPECT_EQ(json["findings"][1]["limit_bytes"], 200 * kMiB);
  EXPECT_EQ(json["measured"]["last_bytes"], 80 * kMiB);
}

TEST(Judgement, JunitCountsItsFailures) {
  const std::string xml =
      JudgementAsJunit(Of(Measured(300, 80), {.max_rss = 200 * kMiB, .max_idle_rss = 90 * kMiB}));
  EXPECT_THAT(xml, HasSubstr("tests=\"4\" failures=\"1\""));
  EXPECT_THAT(xml, HasSubstr("<failure message=\"300.0 MB, allowed are 200.0 MB\""));
  EXPECT_THAT(xml, HasSubstr("value=\"gate &lt;&amp;&quot;&gt;\""));
}

TEST(Judgement, XmlHoldsWhatXmlAllows) {
  EXPECT_EQ(XmlEscape("a<b>&\"'"), "a&lt;b&gt;&amp;&quot;&apos;");
  EXPECT_EQ(XmlEscape(std::string("\0\x01\n", 3)), "\\x00\\x01\\x0a");
  EXPECT_EQ(XmlEscape("\xff"), "\\xff");
  EXPECT_EQ(XmlEscape("\xEF\xBF\xBE"), "\\xef\\xbf\\xbe");
  EXPECT_EQ(XmlEscape("\xC3\xA4]]>"), "\xC3\xA4]]&gt;");
}

}  // namespace
}  // namespace memgov::cli
