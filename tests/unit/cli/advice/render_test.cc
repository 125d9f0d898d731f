#include "governor/cli/advice/render.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/unit/cli/advice/recordings.h"

namespace memgov::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Advice AdviceOf(const Recording& recording) {
  Advice advice;
  advice.seen = *Measure(recording, "load.jsonl");
  advice.sizing = Size(advice.seen, {});
  advice.doubts = Doubts(advice.seen, advice.sizing);
  advice.object = "/usr/lib/libmemgov.so";
  advice.object_found = true;
  return advice;
}

Recording Hostile() {
  Recording recording = Steady(3, 1);
  recording.command = "x\n[Service]\nExecStart=/bin/evil\x1b[2J\xff\"'#";
  recording.engine = "\x1b]0;title\x07\n";
  return recording;
}

TEST(Render, UnitsAreTheReceivers) {
  const Advice advice = AdviceOf(Steady(601, 1));
  EXPECT_THAT(AdviceKubernetes(advice), HasSubstr("memory: 115Mi\n"));
  EXPECT_THAT(AdviceKubernetes(advice), HasSubstr("memory: 110Mi  # peak + 10 %\n"));
  EXPECT_THAT(AdviceCompose(advice), HasSubstr("memory: 115M\n"));
  EXPECT_THAT(AdviceSystemd(advice), HasSubstr("MemoryMax=115M\n"));
  EXPECT_THAT(AdviceSystemd(advice), HasSubstr("MemoryHigh=111M\n"));
}

TEST(Render, OnePageHasOneUnit) {
  const Advice advice = AdviceOf(Steady(601, 1));
  EXPECT_THAT(AdviceText(advice), HasSubstr("container: MEMGOV_BUDGET=109M\n"));
  EXPECT_THAT(AdviceKubernetes(advice), HasSubstr("# Peak: 100Mi ("));
  EXPECT_THAT(AdviceKubernetes(advice), HasSubstr("\"auto\"  # 109Mi, 95 % of the limit"));
  for (const std::string& text : {AdviceText(advice), AdviceCompose(advice), AdviceSystemd(advice)})
    EXPECT_THAT(text, Not(testing::ContainsRegex("[0-9] ?Mi"))) << text;
  EXPECT_THAT(AdviceKubernetes(advice), Not(testing::ContainsRegex("[0-9] ?M(B|iB|,)")));
}

TEST(Render, SystemdGetsItsPercentSignsTwice) {
  const Advice advice = AdviceOf(Steady(601, 1));
  // Of 95 % of MemoryHigh, not of MemoryMax.
  EXPECT_THAT(AdviceSystemd(advice), HasSubstr("Environment=MEMGOV_BUDGET_SOFT=95%%\n"));
  EXPECT_THAT(AdviceCompose(advice), HasSubstr("MEMGOV_BUDGET_SOFT: \"92%\""));
}

TEST(Render, TextSaysWhereEachFigureComesFrom) {
  const std::string text = AdviceText(AdviceOf(Steady(601, 1)));
  EXPECT_THAT(text, HasSubstr("From load.jsonl: 601 samples in 10 min, one each 1.0 s."));
  EXPECT_THAT(text, HasSubstr("the highest of 601 samples"));
  EXPECT_THAT(text, HasSubstr("115.0 MB  peak + 15 %"));
  EXPECT_THAT(text, HasSubstr("16.0 GB"));
}

TEST(Render, TextFitsEightyColumns) {
  for (const Recording& recording : {Steady(601, 1), Steady(3, 1), Hostile()}) {
    std::istringstream lines(AdviceText(AdviceOf(recording)));
    for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 80u) << line;
  }
}

TEST(Render, WhatOthersWroteEndsNoLine) {
  Advice advice = AdviceOf(Hostile());
  advice.seen.source = "x\nExecStart=/bin/evil\x1b[2J.jsonl";
  for (const std::string& text : {AdviceText(advice), AdviceCompose(advice), AdviceKubernetes(advice),
                                  AdviceSystemd(advice), AdviceJson(advice)}) {
    EXPECT_THAT(text, Not(HasSubstr("\nExecStart")));
    EXPECT_THAT(text, Not(HasSubstr("\x1b")));
  }
}

TEST(Render, JsonIsWhole) {
  Advice advice = AdviceOf(Hostile());
  advice.seen.container_limit = UINT64_MAX;
  const auto json = nlohmann::json::parse(AdviceJson(advice));
  EXPECT_EQ(json["container"]["limit_bytes"], advice.sizing.limit);
  EXPECT_TRUE(json["measured"]["container_limit_bytes"].is_null());
  EXPECT_EQ(json["warnings"].size(), advice.doubts.size());
  EXPECT_EQ(json["workers"]["machines"].size(), 5u);
}

TEST(Render, ServiceNamesAreLabels) {
  EXPECT_EQ(ServiceName("/usr/bin/Api_Gateway.py"), "api-gateway-py");
  EXPECT_EQ(ServiceName("python3.11"), "python3-11");
  EXPECT_EQ(ServiceName("--- ---"), "gateway");
  EXPECT_EQ(ServiceName("\xff\n"), "gateway");
  EXPECT_EQ(ServiceName("/"), "gateway");
  EXPECT_LE(ServiceName(std::string(300, 'a')).size(), 40u);
}

TEST(Render, WrapsBetweenWords) {
  EXPECT_EQ(Wrapped("a b", "# ", "#   "), "# a b\n");
  EXPECT_EQ(Wrapped(std::string(70, 'x') + " yyyyyyyyyy", "# ", "#   "),
            "# " + std::string(70, 'x') + "\n#   yyyyyyyyyy\n");
}

TEST(Render, YamlStringsAreQuoted) {
  EXPECT_EQ(YamlString("a: \"b\"\n"), "\"a: \\\"b\\\"\\n\"");
  EXPECT_EQ(YamlString("\xff"), "\"\\ufffd\"");
}

}  // namespace
}  // namespace memgov::cli
