#include "governor/cli/launch/baseline.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/cli/launch/scratch.h"

namespace memgov::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

TEST(Baseline, WhatIsWrittenIsRead) {
  const Scratch scratch;
  const std::string path = scratch.path() + "/base.json";
  ASSERT_TRUE(WriteBaseline(path, {300, 200}, {"gate\xff", "a\nb"}).ok());
  const auto baseline = ReadBaseline(path);
  ASSERT_TRUE(baseline.ok()) << baseline.status();
  EXPECT_EQ(baseline->peak_bytes, 300U);
  EXPECT_EQ(baseline->idle_bytes, 200U);
}

TEST(Baseline, OfARunThatWasTooShortForIdleMemory) {
  const Scratch scratch;
  const std::string path = scratch.path() + "/base.json";
  ASSERT_TRUE(WriteBaseline(path, {300, std::nullopt}, {"true"}).ok());
  const auto baseline = ReadBaseline(path);
  ASSERT_TRUE(baseline.ok()) << baseline.status();
  EXPECT_EQ(baseline->idle_bytes, std::nullopt);
}

TEST(Baseline, BadOnes) {
  const std::string good = R"({"memgov_baseline":1,"peak_bytes":3,"idle_bytes":2})";
  EXPECT_TRUE(ParseBaseline(good).ok());
  for (size_t length = 0; length < good.size(); ++length) {
    EXPECT_FALSE(ParseBaseline(std::string_view(good).substr(0, length)).ok()) << length;
  }
  for (const char* bad : {"[]", "null", "{}", R"({"memgov_baseline":2,"peak_bytes":3,"idle_bytes":2})",
                          R"({"memgov_baseline":1,"peak_bytes":-3,"idle_bytes":2})",
                          R"({"memgov_baseline":1,"peak_bytes":"3","idle_bytes":2})",
                          R"({"memgov_baseline":1,"peak_bytes":3})"}) {
    EXPECT_TRUE(absl::IsInvalidArgument(ParseBaseline(bad).status())) << bad;
  }
  EXPECT_FALSE(ParseBaseline(std::string(100000, '[')).ok());
  EXPECT_FALSE(ParseBaseline(std::string(60000, '[')).ok());
}

TEST(Baseline, MessagesNameTheFile) {
  const Scratch scratch;
  const std::string none = scratch.path() + "/none";
  EXPECT_EQ(ReadBaseline(none).status(),
            absl::NotFoundError("--baseline " + none + ": there is no such file"));
  EXPECT_TRUE(absl::IsUnavailable(ReadBaseline(scratch.path()).status()));
  const std::string other = scratch.Write("other", "hello");
  EXPECT_THAT(std::string(ReadBaseline(other).status().message()),
              AllOf(HasSubstr(other), HasSubstr("no baseline")));
  EXPECT_THAT(std::string(WriteBaseline(scratch.path() + "/no/where", {}, {}).message()),
              HasSubstr("/no/where"));
}

TEST(Baseline, Tolerances) {
  EXPECT_DOUBLE_EQ(*ParseTolerance("10%"), 0.1);
  EXPECT_DOUBLE_EQ(*ParseTolerance("7.5"), 0.075);
  EXPECT_DOUBLE_EQ(*ParseTolerance("0"), 0);
  for (const char* bad : {"", "%", "-1%", "nan", "inf", "1001%", "10%%", "ten"}) {
    EXPECT_THAT(std::string(ParseTolerance(bad).status().message()), HasSubstr("--tolerance")) << bad;
  }
}

}  // namespace
}  // namespace memgov::cli
