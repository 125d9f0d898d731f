// What release, set and health say, given what the process says.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "governor/cli/show/health.h"
#include "governor/cli/show/release.h"
#include "governor/cli/show/set_option.h"
#include "governor/cli/show/top.h"
#include "unit/cli/show/readings.h"

namespace memgov::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr uint64_t kMegabyte = uint64_t{1} << 20;

TEST(Release, ReadsTheAnswer) {
  const auto outcome = ParseReleaseAnswer(R"({"released_bytes":1048576,"took_ns":1500000})");
  ASSERT_TRUE(outcome.ok());
  EXPECT_EQ(outcome->released_bytes, kMegabyte);
  EXPECT_EQ(outcome->took, absl::Microseconds(1500));
}

TEST(Release, RefusesAnyOtherAnswer) {
  for (const char* answer : {"", "done", "{}", "[]", "null", R"({"released_bytes":-1,"took_ns":1})",
                             R"({"released_bytes":"1","took_ns":1})", R"({"released_bytes":1.5,"took_ns":1})",
                             R"({"released_bytes":1})", "\x1b[2J"}) {
    const auto outcome = ParseReleaseAnswer(answer);
    EXPECT_EQ(outcome.status().code(), absl::StatusCode::kDataLoss) << answer;
    EXPECT_THAT(std::string(outcome.status().message()), Not(HasSubstr("\x1b")));
  }
  EXPECT_FALSE(ParseReleaseAnswer(std::string(100000, '[')).ok()) << "depth";
}

TEST(Release, SaysWhatReallyCameBack) {
  const ReleaseOutcome outcome = {.released_bytes = 64 * kMegabyte,
                                  .took = absl::Milliseconds(3),
                                  .resident_before = 85 * kMegabyte,
                                  .resident_after = 20 * kMegabyte};
  EXPECT_EQ(Describe(7, std::nullopt, outcome),
            "process 7: 64.0 MB came back in 3.0 ms; RSS 85.0 MB before, 20.0 MB after");
  EXPECT_THAT(Describe(7, 100 * kMegabyte, outcome), HasSubstr("64.0 MB came back of 100.0 MB asked for"));
  EXPECT_THAT(Describe(7, std::nullopt, {}), HasSubstr("nothing came back"));
}

TEST(Set, TakesAssignmentsOnly) {
  EXPECT_TRUE(CheckAssignment("BUDGET=300M").ok());
  EXPECT_TRUE(CheckAssignment("pools=a*=b").ok());
  for (const std::string& text :
       {std::string("BUDGET"), std::string("=3"), std::string("BUDGET="), std::string("A=\n"),
        std::string("A=\x1b[2J"), std::string("A=\xc3\xa4"), "A=" + std::string(249, 'x'), std::string()}) {
    const absl::Status status = CheckAssignment(text);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << text;
    EXPECT_THAT(std::string(status.message()), HasSubstr("OPTION=VALUE"));
    EXPECT_THAT(std::string(status.message()), Not(HasSubstr("\x1b")));
  }
}

TEST(Health, HasNoLimitsByDefault) {
  EXPECT_THAT(ProblemsOf(ExampleReading(), UINT64_MAX - 1, {}), IsEmpty());
}

TEST(Health, NamesWhatIsAboveWhat) {
  HealthLimits limits;
  limits.max_resident_bytes = 100 * kMegabyte;
  limits.max_rung = 0;
  limits.max_held_ratio = 1.5;
  EXPECT_THAT(ProblemsOf(ExampleReading(), 101 * kMegabyte, limits),
              ElementsAre("RSS 101.0 MB is above 100.0 MB", "it is on rung soft, above normal",
                          "held 100.0 MB for live 60.0 MB is above 1.5 times"));
}

TEST(Health, AllowsTheLimitItself) {
  HealthLimits limits;
  limits.max_resident_bytes = 100 * kMegabyte;
  limits.max_rung = 1;
  limits.max_held_ratio = 1.7;
  EXPECT_THAT(ProblemsOf(ExampleReading(), 100 * kMegabyte, limits), IsEmpty());
}

TEST(Health, DoesNotJudgeTheRatioOfASmallHeap) {
  Reading reading;
  AddFigure(reading, "held_bytes", kLeastHeldForRatio - 1);
  AddFigure(reading, "live_bytes", 0);
  HealthLimits limits;
  limits.max_held_ratio = 2;
  EXPECT_THAT(ProblemsOf(reading, 0, limits), IsEmpty());
  reading.values[0] = kLeastHeldForRatio;
  EXPECT_EQ(ProblemsOf(reading, 0, limits).size(), 1u);
}

}  // namespace
}  // namespace memgov::cli
