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
  trial.seconds = 2;
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
  EXPECT_THAT(xml, HasSubstr("tests=\"3\" failures=\"1\""));
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
