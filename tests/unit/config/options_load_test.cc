// What options::Load takes from the environment. Options are global: each case has a child of its own.
#include <gtest/gtest.h>

#include "governor/base/os.h"
#include "governor/config/options.h"
#include "governor/config/parse.h"
#include "unit/child.h"
#include "unit/config/fake_environment.h"

namespace memgov {
namespace {

constexpr int64_t kSecond = 1000000000;

TEST(OptionsLoadTest, TakesWhatIsGoodInSilence) {
  const ChildEnd end = RunInChild([] {
    std::vector<std::string> entries = {"PATH=/bin",
                                        "MEMGOV_GOVERNOR=off",
                                        "MEMGOV_THREAD=never",
                                        "MEMGOV_TRIM_INTERVAL=30s",
                                        "MEMGOV_IDLE_MS=250",
                                        "MEMGOV_START_BYTES=128M",
                                        "MEMGOV_ARENA_MAX=4",
                                        "MEMGOV_REPORT=60s",
                                        "MEMGOV_SUMMARY=yes",
                                        "MEMGOV_ENGINE=system",
                                        "MEMGOV_POOLS=a*=b;c=d",
                                        "MEMGOV_STRICT=1",
                                        "MEMGOV_TEST_LOCAL=1",
                                        "MEMGOV_COUNTING_FILE=x",
                                        "MEMGOV_LIBRARY_DIR=/x",
                                        "XMEMGOV_TYPO=1",
                                        "MEMGOV"};
    EXPECT_EQ(LoadFrom(entries), 0);
    EXPECT_EQ(options::Get(Option::kGovernor), 0);
    EXPECT_EQ(options::Get(Option::kThread), kThreadNever);
    EXPECT_EQ(options::Get(Option::kTrimInterval), 30 * kSecond);
    EXPECT_EQ(options::Get(Option::kIdle), kSecond / 4);
    EXPECT_EQ(options::Get(Option::kStartBytes), 128 << 20);
    EXPECT_EQ(options::Get(Option::kArenaMax), 4);
    EXPECT_EQ(options::Get(Option::kReport), 60 * kSecond);
    EXPECT_EQ(options::Get(Option::kSummary), 1);
    EXPECT_EQ(options::Get(Option::kEngine), 2);
    EXPECT_STREQ(options::GetText(Option::kPools), "a*=b;c=d");
    EXPECT_TRUE(options::IsSet(Option::kPools));
    EXPECT_FALSE(options::IsSet(Option::kHelp));
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
  EXPECT_EQ(end.error_text, "");
}

TEST(OptionsLoadTest, TakesBudgets) {
  const ChildEnd end = RunInChild([] {
    std::vector<std::string> entries = {
        "MEMGOV_BUDGET=32M", "MEMGOV_BUDGET_SOFT=50%", "MEMGOV_ON_HARD=ignore", "MEMGOV_PRESSURE=off",
        "MEMGOV_COHORT=0",   "MEMGOV_EXPORT=no",       "MEMGOV_DIR=/run/x",     "MEMGOV_POOLS=a*=b:2M"};
    EXPECT_EQ(LoadFrom(entries), 0);
    EXPECT_EQ(options::Get(Option::kBudget), 32 << 20);
    EXPECT_EQ(options::Get(Option::kBudgetSoft), -50);
    EXPECT_EQ(options::Get(Option::kOnHard), kOnHardIgnore);
    EXPECT_EQ(options::Get(Option::kPressure), 0);
    EXPECT_EQ(options::Get(Option::kCohort), 0);
    EXPECT_EQ(options::Get(Option::kExport), 0);
    EXPECT_STREQ(options::GetText(Option::kDirectory), "/run/x");
    EXPECT_STREQ(options::GetText(Option::kPools), "a*=b:2M");
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
  EXPECT_EQ(end.error_text, "");
}

// Good, though it says that it is never reached.
TEST(OptionsLoadTest, ABudgetBeyondTheMachineIsTaken) {
  const ChildEnd end = RunInChild([] {
    std::vector<std::string> entries = {"MEMGOV_BUDGET=8000000TB"};
    EXPECT_EQ(LoadFrom(entries), 0);
    EXPECT_EQ(options::Get(Option::kBudget), int64_t{8000000} << 40);
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST(OptionsLoadTest, ASoftBudgetAboveTheHardOneIsBad) {
  const ChildEnd end = RunInChild([] {
    std::vector<std::string> entries = {"MEMGOV_BUDGET=32M", "MEMGOV_BUDGET_SOFT=33M"};
    EXPECT_EQ(LoadFrom(entries), 1);
    EXPECT_EQ(options::Get(Option::kBudgetSoft), -84);
    EXPECT_FALSE(options::IsSet(Option::kBudgetSoft));
    EXPECT_TRUE(options::IsSet(Option::kBudget));
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST(OptionsLoadTest, NothingAndAnEmptyEnvironment) {
  const ChildEnd end = RunInChild([] {
    EXPECT_EQ(options::Load(nullptr), 0);
    std::vector<std::string> none;
    EXPECT_EQ(LoadFrom(none), 0);
    EXPECT_EQ(options::Get(Option::kIdle), kSecond / 2);
    EXPECT_FALSE(options::IsSet(Option::kIdle));
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST(OptionsLoadTest, MalformedOnesAreCountedAndKeepTheirDefaults) {
  const ChildEnd end = RunInChild([] {
    std::vector<std::string> entries = {
        "MEMGOV_IDLE_MS=soon", "MEMGOV_ARENA_MAX=4097", "MEMGOV_START_BYTES=1K",    "MEMGOV_TRIM_INTERVAL=5",
        "MEMGOV_REPORT=999ms", "MEMGOV_TRIM_INTERVAL",  "MEMGOV_GOVERNOR=perhaps",  "MEMGOV_POOLS=a",
        "MEMGOV_FAIL=mmap@0",  "MEMGOV_BUDGET=15M",     "MEMGOV_BUDGET_SOFT=1023K", "MEMGOV_DIR="};
    EXPECT_EQ(LoadFrom(entries), 12);
    EXPECT_EQ(options::Get(Option::kBudget), kBudgetAuto);
    EXPECT_EQ(options::Get(Option::kBudgetSoft), -84);
    EXPECT_STREQ(options::GetText(Option::kDirectory), "");
    EXPECT_EQ(options::Get(Option::kIdle), kSecond / 2);
    EXPECT_EQ(options::Get(Option::kArenaMax), 0);
    EXPECT_EQ(options::Get(Option::kStartBytes), 64 << 20);
    EXPECT_EQ(options::Get(Option::kTrimInterval), 10 * kSecond);
    EXPECT_EQ(options::Get(Option::kReport), 0);
    EXPECT_EQ(options::Get(Option::kGovernor), 1);
    EXPECT_STREQ(options::GetText(Option::kPools), "");
    EXPECT_FALSE(options::IsSet(Option::kIdle));
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST(OptionsLoadTest, ZeroAndOffPassBelowTheLeast) {
  const ChildEnd end = RunInChild([] {
    std::vector<std::string> entries = {"MEMGOV_IDLE_MS=0", "MEMGOV_TRIM_INTERVAL=off", "MEMGOV_REPORT=off"};
    EXPECT_EQ(LoadFrom(entries), 0);
    EXPECT_EQ(options::Get(Option::kIdle), 0);
    EXPECT_EQ(options::Get(Option::kTrimInterval), 0);
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST(OptionsLoadTest, FailArmsTheSeam) {
  const ChildEnd end = RunInChild([] {
    std::vector<std::string> entries = {"MEMGOV_FAIL=madvise@2+"};
    EXPECT_EQ(LoadFrom(entries), 0);
    EXPECT_FALSE(os::FaultFires(os::Call::kMadvise));
    EXPECT_TRUE(os::FaultFires(os::Call::kMadvise));
    EXPECT_TRUE(os::FaultFires(os::Call::kMadvise));
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST(OptionsLoadTest, TheAliasCountsAlone) {
  const ChildEnd end = RunInChild([] {
    std::vector<std::string> entries = {"MALLOC_ARENA_MAX=2"};
    EXPECT_EQ(LoadFrom(entries), 0);
    EXPECT_EQ(options::Get(Option::kArenaMax), 2);
    EXPECT_TRUE(options::IsSet(Option::kArenaMax));
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST(OptionsLoadTest, TheAliasYieldsToTheOptionsOwnNameInEitherOrder) {
  for (const bool alias_first : {true, false}) {
    const ChildEnd end = RunInChild([&] {
      std::vector<std::string> entries = {"MALLOC_ARENA_MAX=2", "MEMGOV_ARENA_MAX=8"};
      if (!alias_first) std::swap(entries[0], entries[1]);
      EXPECT_EQ(LoadFrom(entries), 0);
      EXPECT_EQ(options::Get(Option::kArenaMax), 8);
    });
    EXPECT_EQ(end.status, 0) << end.error_text;
  }
}

// glibc takes no notice of what it cannot read there.
TEST(OptionsLoadTest, AMalformedAliasIsIgnoredWithoutAWord) {
  const ChildEnd end = RunInChild([] {
    std::vector<std::string> entries = {"MALLOC_ARENA_MAX=many", "MALLOC_ARENA_MAX=99999"};
    EXPECT_EQ(LoadFrom(entries), 0);
    EXPECT_EQ(options::Get(Option::kArenaMax), 0);
    EXPECT_FALSE(options::IsSet(Option::kArenaMax));
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
  EXPECT_EQ(end.error_text, "");
}

TEST(OptionsLoadTest, MentionsTunable) {
  const ChildEnd end = RunInChild([] {
    EXPECT_FALSE(options::MentionsTunable("glibc.malloc.arena_max"));
    std::vector<std::string> entries = {"GLIBC_TUNABLES=glibc.pthread.rseq=0:glibc.malloc.arena_max=1"};
    LoadFrom(entries);
    EXPECT_TRUE(options::MentionsTunable("glibc.malloc.arena_max"));
    EXPECT_TRUE(options::MentionsTunable("glibc.pthread.rseq"));
    EXPECT_FALSE(options::MentionsTunable("glibc.malloc.trim_threshold"));
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

}  // namespace
}  // namespace memgov
