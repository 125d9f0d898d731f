// What the governor does: it gives back, reports and ends.
#include "governor/runtime/governor.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "governor/base/os.h"
#include "governor/config/options.h"
#include "governor/pools/pool_table.h"
#include "unit/child.h"
#include "unit/fake_engine.h"
#include "unit/runtime/fake_host.h"

namespace memgov {
namespace {

constexpr uint64_t kMega = 1 << 20;
const void* const kHostCaller = reinterpret_cast<const void*>(uintptr_t{0x1000});

// What the slow path of malloc does when an interval ended.
void Allocate(uint64_t bytes) {
  threads::current->allocated_base += bytes;
  governor::NoteActivity(*threads::current, bytes, kHostCaller);
}

TEST(GovernorTest, GivesBackAfterTheIdleTimeAndAgainAfterMoreActivity) {
  const ChildEnd end = RunInChild([] {
    static FakeEngine engine;
    ASSERT_TRUE(options::Set(Option::kIdle, "20"));
    ASSERT_TRUE(options::Set(Option::kTrimInterval, "off"));
    InstallGovernor(engine);
    governor::NoteThreadCreated();
    for (int burst = 1; burst <= 3; ++burst) {
      const int before = engine.give_backs;
      Allocate(10 * kMega);
      EXPECT_TRUE(WaitUntil([&] { return engine.give_backs > before; })) << burst;
    }
    EXPECT_GE(releaser::Totals(ReleaseReason::kIdle).passes, 3U);
    EXPECT_EQ(releaser::Totals(ReleaseReason::kPeriodic).passes, 0U);
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST(GovernorTest, GivesBackPeriodicallyUnderSteadyLoad) {
  const ChildEnd end = RunInChild([] {
    static FakeEngine engine;
    ASSERT_TRUE(options::Set(Option::kIdle, "0"));
    ASSERT_TRUE(options::Set(Option::kTrimInterval, "100ms"));
    InstallGovernor(engine);
    governor::NoteThreadCreated();
    EXPECT_TRUE(WaitUntil([] {
      Allocate(10 * kMega);
      return engine.give_backs >= 2;
    }));
    EXPECT_GE(releaser::Totals(ReleaseReason::kPeriodic).passes, 1U);
    EXPECT_EQ(releaser::Totals(ReleaseReason::kIdle).passes, 0U);
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST(GovernorTest, WithoutAThreadTheAllocatingOneGivesBack) {
  const ChildEnd end = RunInChild([] {
    static FakeEngine engine;
    ASSERT_TRUE(options::Set(Option::kThread, "never"));
    ASSERT_TRUE(options::Set(Option::kIdle, "20"));
    InstallGovernor(engine);
    const std::string before = ThreadCount();
    Allocate(100 * kMega);
    EXPECT_TRUE(WaitUntil([] {
      Allocate(1);
      return engine.give_backs > 0;
    }));
    EXPECT_EQ(ThreadCount(), before);
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST(GovernorTest, ReleaseNowIsCountedByItsReason) {
  const ChildEnd end = RunInChild([] {
    static FakeEngine engine;
    InstallGovernor(engine);
    governor::ReleaseNow(ReleaseReason::kMallocTrim);
    EXPECT_EQ(engine.give_backs, 1);
    EXPECT_EQ(releaser::Totals(ReleaseReason::kMallocTrim).passes, 1U);
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST(GovernorTest, NamesTheThreadsOfTheHost) {
  const ChildEnd end = RunInChild([] {
    static FakeEngine engine;
    InstallGovernor(engine);
    static ThreadRecord* record = threads::Acquire(nullptr, nullptr);
    pthread_t thread;
    const auto run = [](void*) -> void* {
      pthread_setname_np(pthread_self(), "parse-7");
      threads::Adopt(record);
      for (;;) os::SleepNanoseconds(1000000000);
    };
    ASSERT_EQ(pthread_create(&thread, nullptr, run, nullptr), 0);
    governor::NoteThreadCreated();
    EXPECT_TRUE(WaitUntil([] {
      governor::NoteThreadCreated();
      return record->thread_pool == pools::Intern("parse");
    }));
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST(GovernorTest, NamesTheVariablesThatMeanNothingToItsEngineOnce) {
  const ChildEnd end = RunInChild([] {
    static FakeEngine engine;
    engine.honours_glibc_variables = false;
    std::string entry = "MALLOC_PERTURB_=1";
    char* environment[] = {entry.data(), nullptr};
    options::Load(environment);
    ASSERT_TRUE(options::Set(Option::kIdle, "20"));
    InstallGovernor(engine);
    governor::NoteThreadCreated();
    Allocate(10 * kMega);
    EXPECT_TRUE(WaitUntil([] { return engine.give_backs > 0; }));
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
  EXPECT_EQ(end.error_text,
            "memgov: MALLOC_PERTURB_=1: without effect on engine fake (they steer glibc's malloc: "
            "libmemgov-system.so)\n");
}

TEST(GovernorTest, AtExitSaysWhatWasAskedForAndClosesTheReleaser) {
  const ChildEnd end = RunInChild([] {
    static FakeEngine engine;
    ASSERT_TRUE(options::Set(Option::kSummary, "1"));
    ASSERT_TRUE(options::Set(Option::kReport, "exit"));
    InstallGovernor(engine);
    governor::AtExit();
    EXPECT_EQ(governor::ReleaseNow(ReleaseReason::kApi), 0U);
    EXPECT_EQ(engine.give_backs, 0);
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
  EXPECT_EQ(end.error_text.rfind("memgov: report for process ", 0), 0U) << end.error_text;
  EXPECT_NE(end.error_text.find("\nmemgov: fake: resident "), std::string::npos) << end.error_text;
}

TEST(GovernorTest, AtExitIsSilentWhereNothingWasAskedFor) {
  const ChildEnd end = RunInChild([] {
    static FakeEngine engine;
    InstallGovernor(engine);
    governor::AtExit();
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
  EXPECT_EQ(end.error_text, "");
}

TEST(GovernorTest, AForkedChildHasNoGovernorUntilItNeedsOne) {
  const ChildEnd end = RunInChild([] {
    static FakeEngine engine;
    InstallGovernor(engine);
    Allocate(63 * kMega);
    const ChildEnd inner = RunInChild([] {
      threads::ForgetOthersInChild();
      governor::AfterForkInChild();
      EXPECT_FALSE(governor::Running());
      Allocate(2 * kMega);  // the parent's bytes do not count
      EXPECT_FALSE(governor::Running());
      Allocate(63 * kMega);
      EXPECT_TRUE(governor::Running());
    });
    EXPECT_EQ(inner.status, 0) << inner.error_text;
    EXPECT_FALSE(governor::Running());
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

}  // namespace
}  // namespace memgov
