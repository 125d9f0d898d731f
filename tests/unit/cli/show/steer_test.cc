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

TEST(Set, OfSeveralTakesAllOrNone) {
  EXPECT_TRUE(CheckTogether({"BUDGET=300M", "idle-ms=700", "budget_soft=200M"}).ok());
  for (const char* bad : {"NO_SUCH=1", "THREAD=never", "IDLE_MS=soon", "BUDGET_SOFT=301M"}) {
    const absl::Status status = CheckTogether({"BUDGET=300M", bad});
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << bad;
    EXPECT_THAT(std::string(status.message()), HasSubstr("; nothing was changed"));
  }
}

TEST(Set, ReadsTheOptionsInForce) {
  const auto options = ParseOptions(
      "memgov 1.2.3\noptions:\n"
      "  MEMGOV_BUDGET           200.0 MB          set while running\n"
      "  MEMGOV_DIR              /run/a folder     environment\n"
      "  MEMGOV_POOLS            a*=b;cut\n"
      "limits in force:\n  hard                    200.0 MB (209715200)\n");
  ASSERT_TRUE(options.ok());
  ASSERT_EQ(options->size(), 3u);
  EXPECT_EQ((*options)[0].name, "MEMGOV_BUDGET");
  EXPECT_EQ((*options)[0].value, "200.0 MB");
  EXPECT_EQ((*options)[0].source, "set while running");
  EXPECT_EQ((*options)[1].value, "/run/a folder");
  EXPECT_EQ((*options)[2].value, "a*=b;cut");
  EXPECT_EQ((*options)[2].source, "");
}

TEST(Set, ReadsWhatWasChanged) {
  const auto changed = ParseChanged("MEMGOV_BUDGET is 200.0 MB, was 300.0 MB");
  ASSERT_TRUE(changed.ok());
  EXPECT_EQ(changed->name, "MEMGOV_BUDGET");
  EXPECT_EQ(changed->value, "200.0 MB");
  EXPECT_EQ(changed->was, "300.0 MB");
}

TEST(Set, RefusesAnyOtherAnswer) {
  for (const char* answer : {"", "done", "  MEMGOV_", "A is B", " is B, was C", "\x1b[2J"}) {
    EXPECT_EQ(ParseChanged(answer).status().code(), absl::StatusCode::kDataLoss) << answer;
    const auto options = ParseOptions(answer);
    EXPECT_EQ(options.status().code(), absl::StatusCode::kDataLoss) << answer;
    EXPECT_THAT(std::string(options.status().message()), Not(HasSubstr("\x1b")));
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
