// Options that change while the process runs: what is taken, and the exact words of what is not.
#include <gtest/gtest.h>

#include <string>

#include "governor/base/message.h"
#include "governor/config/options.h"
#include "unit/child.h"

namespace memgov {
namespace {

// "" when it was taken.
std::string Change(const std::string& text) {
  TextBuffer<480> why;
  options::Assignment assignment;
  if (!options::ParseAssignment(text.c_str(), &assignment, why)) return std::string(why.data(), why.size());
  options::SetWhileRunning(assignment);
  return "";
}

constexpr const char* kLiveOnes =
    "those that can change are MEMGOV_TRIM_INTERVAL MEMGOV_IDLE_MS MEMGOV_BUDGET MEMGOV_BUDGET_SOFT "
    "MEMGOV_ON_HARD MEMGOV_ON_BAD_FREE MEMGOV_REPORT MEMGOV_SUMMARY";

TEST(OptionsChangeTest, NamesAsPeopleTypeThem) {
  const ChildEnd end = RunInChild([] {
    int64_t ms = 10;
    for (const char* name : {"MEMGOV_IDLE_MS", "memgov_idle_ms", "IDLE_MS", "idle-ms", "Memgov-Idle-ms"}) {
      ++ms;
      EXPECT_EQ(Change(std::string(name) + "=" + std::to_string(ms)), "");
      EXPECT_EQ(options::Get(Option::kIdle), ms * 1000000) << name;
    }
    EXPECT_EQ(options::SourceOf(Option::kIdle), OptionSource::kRunning);
    EXPECT_STREQ(options::OptionSourceName(options::SourceOf(Option::kIdle)), "set while running");
    EXPECT_STREQ(options::OptionSourceName(options::SourceOf(Option::kBudget)), "default");
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST(OptionsChangeTest, EachLiveOption) {
  const ChildEnd end = RunInChild([] {
    EXPECT_EQ(Change("budget=512M"), "");
    EXPECT_EQ(options::Get(Option::kBudget), 512 << 20);
    EXPECT_EQ(Change("budget-soft=50%"), "");
    EXPECT_EQ(options::Get(Option::kBudgetSoft), -50);
    EXPECT_EQ(Change("on-hard=ignore"), "");
    EXPECT_EQ(options::Get(Option::kOnHard), kOnHardIgnore);
    EXPECT_EQ(Change("trim-interval=off"), "");
    EXPECT_EQ(options::Get(Option::kTrimInterval), 0);
    EXPECT_EQ(Change("report=exit"), "");
    EXPECT_EQ(options::Get(Option::kReport), kReportAtExit);
    EXPECT_EQ(Change("summary=on"), "");
    EXPECT_EQ(options::Get(Option::kSummary), 1);
    EXPECT_EQ(Change("on-bad-free=count"), "");
    EXPECT_EQ(options::Get(Option::kOnBadFree), kBadFreeCount);
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST(OptionsChangeTest, WhatIsRefusedSaysWhyAndChangesNothing) {
  struct Case {
    const char* text;
    std::string why;
  };
  const Case cases[] = {
      {"", std::string(": allowed is NAME=VALUE; ") + kLiveOnes},
      {"idle_ms", std::string("IDLE_MS: allowed is NAME=VALUE; ") + kLiveOnes},
      {"=5", std::string(": no such option; ") + kLiveOnes},
      {"MEMGOV_=5", std::string("MEMGOV_: no such option; ") + kLiveOnes},
      {"idel_ms=5", std::string("IDEL_MS: no such option; ") + kLiveOnes},
      {"MEMGOV_MEMGOV_IDLE_MS=5", std::string("MEMGOV_MEMGOV_IDLE_MS: no such option; ") + kLiveOnes},
      {"pools=a=b", std::string("MEMGOV_POOLS: cannot change while the process runs; ") + kLiveOnes},
      {"fail=mmap@1", std::string("MEMGOV_FAIL: cannot change while the process runs; ") + kLiveOnes},
      {"idle_ms=5",
       "MEMGOV_IDLE_MS=5: allowed is milliseconds, or a duration such as 2s, at least 10.0 ms, or 0"},
      {"idle_ms=",
       "MEMGOV_IDLE_MS=: allowed is milliseconds, or a duration such as 2s, at least 10.0 ms, or 0"},
      {"idle_ms= 50",
       "MEMGOV_IDLE_MS= 50: allowed is milliseconds, or a duration such as 2s, at least 10.0 ms, or 0"},
      {"on_hard=die", "MEMGOV_ON_HARD=die: allowed is fail|abort|ignore"}};
  for (const Case& one : cases) {
    const ChildEnd end = RunInChild([&] {
      EXPECT_EQ(Change(one.text), one.why);
      for (int index = 0; index < static_cast<int>(Option::kCount); ++index)
        EXPECT_FALSE(options::IsSet(static_cast<Option>(index))) << one.text;
    });
    EXPECT_EQ(end.status, 0) << one.text << end.error_text;
  }
}

TEST(OptionsChangeTest, TheSoftBudgetStaysAtMostTheHardOne) {
  const ChildEnd end = RunInChild([] {
    EXPECT_EQ(Change("budget=64M"), "");
    EXPECT_EQ(Change("budget_soft=65M"),
              "MEMGOV_BUDGET_SOFT=65M: allowed is at most MEMGOV_BUDGET, now 64.0 MB");
    EXPECT_FALSE(options::IsSet(Option::kBudgetSoft));
    EXPECT_EQ(Change("budget_soft=64M"), "");
    EXPECT_EQ(Change("budget=63M"), "MEMGOV_BUDGET=63M: allowed is at least MEMGOV_BUDGET_SOFT, now 64.0 MB");
    EXPECT_EQ(options::Get(Option::kBudget), 64 << 20);
    EXPECT_EQ(Change("budget=auto"), "");
    EXPECT_EQ(Change("budget_soft=100G"), "");
    EXPECT_EQ(Change("budget=off"), "");
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST(OptionsChangeTest, ALongNameOrValueIsOneLine) {
  EXPECT_LT(Change(std::string(5000, 'a') + "=1").size(), 480U);
  const std::string said = Change("idle_ms=" + std::string(5000, '9'));
  EXPECT_LE(said.size(), 480U);
  EXPECT_EQ(Change("idle_ms=1\n2").find('\n'), std::string::npos);
}

}  // namespace
}  // namespace memgov
