// What options::Load takes from the environment. Options are global: each case has a child of its own.
#include <gtest/gtest.h>

#include "governor/base/os.h"
#include "governor/config/options.h"
#include "unit/child.h"
#include "unit/config/fake_environment.h"

namespace memgov {
namespace {

constexpr int64_t kSecond = 1000000000;

TEST(OptionsLoadTest, TakesWhatIsGoodInSilence) {
  const ChildEnd end = RunInChild([] {
    std::vector<std::string> entries = {
        "PATH=/bin",           "MEMGOV_GOVERNOR=off",     "MEMGOV_THREAD=never",   "MEMGOV_TRIM_INTERVAL=30s",
        "MEMGOV_IDLE_MS=250",  "MEMGOV_START_BYTES=128M", "MEMGOV_ARENA_MAX=4",    "MEMGOV_REPORT=60s",
        "MEMGOV_SUMMARY=yes",  "MEMGOV_ENGINE=system",    "MEMGOV_POOLS=a*=b;c=d", "MEMGOV_STRICT=1",
        "MEMGOV_TEST_LOCAL=1", "MEMGOV_COUNTING_FILE=x",  "XMEMGOV_TYPO=1",        "MEMGOV"};
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
        "MEMGOV_IDLE_MS=soon",     "MEMGOV_ARENA_MAX=4097", "MEMGOV_START_BYTES=1K",
        "MEMGOV_TRIM_INTERVAL=5",  "MEMGOV_REPORT=999ms",   "MEMGOV_TRIM_INTERVAL",
        "MEMGOV_GOVERNOR=perhaps", "MEMGOV_POOLS=a",        "MEMGOV_FAIL=mmap@0"};
    EXPECT_EQ(LoadFrom(entries), 9);
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
