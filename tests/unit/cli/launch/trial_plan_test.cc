#include "governor/cli/launch/trial_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace memgov::cli {
namespace {

using ::testing::HasSubstr;

TEST(TrialPlan, Defaults) {
  const auto plan = ReadPlan({});
  ASSERT_TRUE(plan.ok());
  EXPECT_EQ(plan->length, absl::ZeroDuration());
  EXPECT_EQ(plan->ready, absl::Seconds(30));
  EXPECT_EQ(plan->settle, absl::Seconds(3));
  EXPECT_FALSE(plan->load.has_value());
}

absl::StatusOr<TrialPlan> WithSeconds(const std::string& text) {
  TrialTexts texts;
  texts.seconds = text;
  return ReadPlan(texts);
}

TEST(TrialPlan, Times) {
  EXPECT_EQ(WithSeconds("10")->length, absl::Seconds(10));
  EXPECT_EQ(WithSeconds("500ms")->length, absl::Milliseconds(500));
  EXPECT_EQ(WithSeconds("2m")->length, absl::Minutes(2));
  for (const char* bad : {"", "0", "-1", "off", "1e3", "25h", "10 s", "99999999999999999999"}) {
    EXPECT_THAT(std::string(WithSeconds(bad).status().message()), HasSubstr("--seconds")) << bad;
  }
}

TEST(TrialPlan, SettlingMayTakeNoTime) {
  TrialTexts texts;
  texts.settle = "0";
  EXPECT_EQ(ReadPlan(texts)->settle, absl::ZeroDuration());
  texts.settle = "x";
  EXPECT_THAT(std::string(ReadPlan(texts).status().message()), HasSubstr("--settle x"));
}

TEST(TrialPlan, ALoadIsACommand) {
  TrialTexts texts;
  texts.load = "";
  EXPECT_THAT(std::string(ReadPlan(texts).status().message()), HasSubstr("--load"));
}

}  // namespace
}  // namespace memgov::cli
