#include "governor/cli/recording/chart.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace memgov::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

const ChartText kText = {"test", "A <title>", "What is \"seen\"", ""};
const TimeAxis kThree = {{0, 0.5, 1}, {{0, "08:00", false}, {1, "09:00", true}}};

TEST(LineChart, HighIsUp) {
  const std::string html = LineChart(kText, kThree, {{"RSS", "s0", "", {0, 100, 50}}}, {}, Quantity::kCount);
  EXPECT_THAT(html,
              HasSubstr("class=\"line s0\" data-series=\"RSS\" d=\"M0.0 300.0L500.0 17.0L1000.0 158.5\""));
}

TEST(LineChart, TextIsEscapedAndDescribed) {
  const std::string html = LineChart(kText, kThree, {{"<b>", "s0", "", {1, 2, 3}}}, {}, Quantity::kCount);
  EXPECT_THAT(html, HasSubstr("<title id=\"test-title\">A &lt;title&gt;</title>"));
  EXPECT_THAT(html, HasSubstr("<desc id=\"test-text\">What is &quot;seen&quot;</desc>"));
  EXPECT_THAT(html, HasSubstr("aria-labelledby=\"test-title test-text\""));
  EXPECT_THAT(html, HasSubstr("data-series=\"&lt;b&gt;\""));
  EXPECT_THAT(html, Not(HasSubstr("<b>")));
}

TEST(LineChart, NoValueIsAGap) {
  const std::string html = LineChart(kText, kThree, {{"RSS", "s0", "", {1, kNone, 1}}}, {}, Quantity::kCount);
  EXPECT_THAT(html, HasSubstr("d=\"M0.0 17.0M1000.0 17.0\""));
}

TEST(LineChart, AFarLimitLeavesTheLinesRoom) {
  const ChartSeries near = {"soft", "soft", "", {20, 20, 20}};
  const ChartSeries far = {"limit", "container", "64 GB", {1000, 1000, 1000}};
  const std::string html =
      LineChart(kText, kThree, {{"RSS", "s0", "", {1, 10, 1}}}, {near, far}, Quantity::kCount);
  EXPECT_THAT(html, HasSubstr("class=\"line soft\""));
  EXPECT_THAT(html, Not(HasSubstr("class=\"line container\"")));
  EXPECT_THAT(html, HasSubstr("64 GB, above this chart"));
}

TEST(LineChart, OneSampleIsALineAcross) {
  const std::string html = LineChart(kText, {{0}, {}}, {{"RSS", "s0", "", {5}}}, {}, Quantity::kCount);
  EXPECT_THAT(html, HasSubstr("d=\"M0.0 17.0H1000\""));
}

TEST(LineChart, ManySamplesHaveABand) {
  TimeAxis time;
  ChartSeries line = {"RSS", "s0", "", {}};
  for (int index = 0; index < 2000; ++index) {
    time.fractions.push_back(index / 1999.0);
    line.values.push_back(index % 2 == 0 ? 100 : 50);
  }
  const std::string html = LineChart(kText, time, {line}, {}, Quantity::kCount);
  EXPECT_THAT(html, HasSubstr("class=\"band s0\" d=\"M0.0 158.5V17.0"));
  EXPECT_LT(html.size(), 40'000u);
}

TEST(StackChart, AreasLieOnEachOther) {
  const std::string html =
      StackChart(kText, kThree, {{"a", "s0", "", {53, 53, 53}}, {"b", "s1", "", {47, 47, 47}}});
  EXPECT_THAT(html, HasSubstr("data-series=\"a\" d=\"M0.0 150.0L500.0 150.0L1000.0 150.0L1000.0 300.0"));
  EXPECT_THAT(html, HasSubstr("data-series=\"b\" d=\"M0.0 17.0L500.0 17.0L1000.0 17.0L1000.0 150.0"));
}

TEST(LaneChart, MarksAreWhereSomethingHappened) {
  const std::string html = LaneChart(kText, kThree, {{"idle", "s0", "", {kNone, 0, 8}}});
  EXPECT_THAT(html, HasSubstr("data-series=\"idle\" d=\"M1000.0 300.0V42.0\""));
}

TEST(LadderChart, BlocksLastUntilTheNext) {
  const std::string html = LadderChart(kText, kThree, {0, 2, 2});
  EXPECT_THAT(html,
              HasSubstr("<rect class=\"rung0\" x=\"0.0\" y=\"214.0\" width=\"500.0\" height=\"86.0\"/>"));
  EXPECT_THAT(html,
              HasSubstr("<rect class=\"rung2\" x=\"500.0\" y=\"14.0\" width=\"500.0\" height=\"86.0\"/>"));
  EXPECT_THAT(html, Not(HasSubstr("class=\"rung1\"")));
}

TEST(LadderChart, WhatIsNotKnownIsNotDrawn) {
  EXPECT_THAT(LadderChart(kText, kThree, {kNone, kNone, kNone}), Not(HasSubstr("<rect")));
}

}  // namespace
}  // namespace memgov::cli
