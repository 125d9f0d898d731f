#include "governor/budget/gate.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "governor/budget/emergency.h"
#include "governor/release/releaser.h"
#include "unit/budget/budget_fixture.h"
#include "unit/child.h"

namespace memgov {
namespace {

constexpr bool kBig = true;
constexpr bool kSmall = false;

TEST(GateTest, WithoutAGovernorItOpensForGood) {
  const ChildEnd end = RunInChild([] {
    EXPECT_TRUE(gate::TryTake(gate::kFirstCeiling, kBig));
    EXPECT_FALSE(gate::TryTake(1, kBig));
    EXPECT_TRUE(gate::Take(1, kBig));
    EXPECT_TRUE(gate::TryTake(uint64_t{1} << 40, kBig));
    EXPECT_TRUE(gate::TryTake(uint64_t{1} << 40, kSmall));
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST(GateTest, WithoutALimitItOpensOnceAsked) {
  const ChildEnd end = RunInChild([] {
    static FakeEngine engine;
    InstallBudget(engine);
    EXPECT_TRUE(gate::Take(uint64_t{1} << 40, kBig));
    EXPECT_TRUE(budget::Started());
    EXPECT_EQ(budget::ReadCounters().refused, 0u);
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST(GateTest, BigRequestsFailAtHardSmallOnesDoNot) {
  const ChildEnd end = RunInChild([] {
    static FakeEngine engine;
    InstallBudget(engine);
    SetBudgetAbove(16 * kMega, 32 * kMega);
    EXPECT_TRUE(gate::Take(8 * kMega, kBig));
    EXPECT_FALSE(gate::Take(64 * kMega, kBig));
    EXPECT_EQ(budget::ReadCounters().refused, 1u);
    EXPECT_EQ(budget::ReadCounters().refused_bytes, 64 * kMega);
    EXPECT_TRUE(gate::Take(64 * kMega, kSmall));  // no container, no wall
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST(GateTest, NothingIsRefusedOnAnOldReading) {
  const ChildEnd end = RunInChild([] {
    static FakeEngine engine;
    InstallBudget(engine);
    void* ballast = Charge(64 * kMega);
    SetBudgetAbove(16 * kMega, 32 * kMega);
    os::Unmap(ballast, 64 * kMega);
    EXPECT_TRUE(gate::Take(48 * kMega, kBig));
    EXPECT_EQ(budget::ReadCounters().refused, 0u);
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST(GateTest, WhatIsHandedOutButNotTouchedCounts) {
  const ChildEnd end = RunInChild([] {
    static FakeEngine engine;
    InstallBudget(engine);
    SetBudgetAbove(16 * kMega, 32 * kMega);
    EXPECT_TRUE(gate::Take(24 * kMega, kBig));
    EXPECT_FALSE(gate::Take(16 * kMega, kBig));
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST(GateTest, IgnoreLetsEverythingPass) {
  const ChildEnd end = RunInChild([] {
    static FakeEngine engine;
    InstallBudget(engine);
    options::Set(Option::kOnHard, "ignore");
    SetBudgetAbove(kMega, 2 * kMega);
    EXPECT_TRUE(gate::Take(64 * kMega, kBig));
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST(GateTest, IgnoreAlsoAboveTheBudgetFromTheBegin) {
  const ChildEnd end = RunInChild([] {
    static FakeEngine engine;
    InstallBudget(engine);
    options::Set(Option::kBudget, "16M");
    options::Set(Option::kOnHard, "ignore");
    Charge(32 * kMega);
    EXPECT_TRUE(gate::Take(64 * kMega, kBig));
    EXPECT_EQ(budget::ReadCounters().refused, 0u);
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST(GateTest, WithoutDescriptorsTheLimitsStayAndNobodyIsRefused) {
  const ChildEnd end = RunInChild([] {
    static FakeEngine engine;
    InstallBudget(engine);
    SetBudgetAbove(16 * kMega, 32 * kMega);
    const Limits before = budget::CurrentLimits();
    os::FailNth(os::Call::kOpen, 1, true);
    os::SleepNanoseconds(150000000);
    EXPECT_TRUE(gate::Take(64 * kMega, kBig));
    EXPECT_EQ(budget::CurrentLimits().hard_bytes, before.hard_bytes);
    os::FailNth(os::Call::kOpen, 0, false);
    EXPECT_FALSE(gate::Take(64 * kMega, kBig));
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST(GateTest, AForkChildAsksForItsFirstMegabytes) {
  const ChildEnd end = RunInChild([] {
    static FakeEngine engine;
    InstallBudget(engine);
    SetBudgetAbove(256 * kMega, 512 * kMega);
    EXPECT_TRUE(gate::TryTake(128 * kMega, kBig));
    const ChildEnd child = RunInChild([] {
      budget::ResetInChild();
      EXPECT_FALSE(gate::TryTake(128 * kMega, kBig));
      EXPECT_TRUE(gate::Take(128 * kMega, kBig));
    });
    EXPECT_EQ(child.status, 0) << child.error_text;
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST(GateTest, AbortEndsTheProcessWithOneLine) {
  const ChildEnd end = RunInChild([] {
    static FakeEngine engine;
    InstallBudget(engine);
    options::Set(Option::kOnHard, "abort");
    SetBudgetAbove(kMega, 2 * kMega);
    gate::Take(64 * kMega, kBig);
  });
  EXPECT_EQ(end.status, 128 + SIGABRT);
  EXPECT_NE(end.error_text.find("MEMGOV_ON_HARD=abort: an allocation of 64.0 MB would pass the budget of "),
            std::string::npos)
      << end.error_text;
}

TEST(GateTest, ThreadsTogetherTakeNoMoreThanThereIs) {
#ifdef __SANITIZE_THREAD__
  GTEST_SKIP() << "the sanitizer's shadow of the memory is charged too";
#endif
  const ChildEnd end = RunInChild([] {
    static FakeEngine engine;
    InstallBudget(engine);
    SetBudgetAbove(64 * kMega, 64 * kMega);
    std::atomic<int> taken{0};
    std::vector<std::thread> threads;
    for (int index = 0; index < 8; ++index) {
      threads.emplace_back([&] {
        for (int round = 0; round < 200; ++round) {
          if (!gate::Take(kMega, kBig)) continue;
          EXPECT_NE(Charge(kMega), nullptr);
          taken.fetch_add(1);
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    // Threads' stacks and the like count, too; a reading may be 8 threads' requests behind.
    EXPECT_GT(taken.load(), 40);
    EXPECT_LE(taken.load(), 64 + 8);
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

// An engine that gives memory back, in slices.
class SlicingEngine final : public EngineControl {
 public:
  const char* Name() const override { return "slicing"; }
  bool HonoursGlibcVariables() const override { return false; }
  uint64_t HeldBytes() override { return 0; }
  uint64_t ReleasableBytes() override { return 0; }
  uint64_t GiveBack(uint64_t) override { return 0; }
  bool GivesBackInSlices() const override { return true; }
  uint64_t GiveBackUntil(uint64_t) override {
    ++passes;
    if (ballast != nullptr) os::Unmap(ballast, ballast_bytes);
    ballast = nullptr;
    return 0;
  }
  void* ballast = nullptr;
  uint64_t ballast_bytes = 0;
  int passes = 0;
};

TEST(EmergencyTest, ComesBeforeARefusalAndMaySpareIt) {
  const ChildEnd end = RunInChild([] {
    static SlicingEngine engine;
    InstallBudget(engine);
    engine.ballast_bytes = 64 * kMega;
    engine.ballast = Charge(engine.ballast_bytes);
    SetBudgetAbove(16 * kMega, 32 * kMega);
    EXPECT_TRUE(gate::Take(48 * kMega, kBig));
    const budget::Counters counters = budget::ReadCounters();
    EXPECT_EQ(counters.refused, 0u);
    EXPECT_EQ(counters.emergencies, 1u);
    EXPECT_GT(counters.emergency_bytes, 60 * kMega);
    EXPECT_EQ(releaser::Totals(ReleaseReason::kEmergency).passes, 1u);
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST(EmergencyTest, AtMostOneASecond) {
  const ChildEnd end = RunInChild([] {
    static SlicingEngine engine;
    InstallBudget(engine);
    SetBudgetAbove(kMega, 2 * kMega);
    const uint64_t begin_ns = os::NowNanoseconds();
    for (int round = 0; round < 100; ++round) EXPECT_FALSE(gate::Take(64 * kMega, kBig));
    const uint64_t seconds = (os::NowNanoseconds() - begin_ns) / 1000000000;
    EXPECT_LE(engine.passes, static_cast<int>(seconds) + 1);
    EXPECT_EQ(budget::ReadCounters().refused, 100u);
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST(EmergencyTest, NotOnThreadsThatMustNotWait) {
  const ChildEnd end = RunInChild([] {
    static SlicingEngine engine;
    InstallBudget(engine);
    SetBudgetAbove(kMega, 2 * kMega);
    budget::NeverWaitOnThisThread();
    EXPECT_FALSE(gate::Take(64 * kMega, kBig));
    EXPECT_EQ(engine.passes, 0);
    EXPECT_EQ(budget::ReadCounters().emergencies, 0u);
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST(EmergencyTest, NotInsideARelease) {
  const ChildEnd end = RunInChild([] {
    static SlicingEngine engine;
    InstallBudget(engine);
    SetBudgetAbove(kMega, 2 * kMega);
    FutexLockHolder hold(releaser::Lock());
    EXPECT_FALSE(gate::Take(64 * kMega, kBig));
    EXPECT_EQ(engine.passes, 0);
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST(EmergencyTest, WaitsABoundedTimeForAPassInProgress) {
  const ChildEnd end = RunInChild([] {
    static SlicingEngine engine;
    InstallBudget(engine);
    SetBudgetAbove(kMega, 2 * kMega);
    std::atomic<bool> held{false};
    std::atomic<bool> leave{false};
    std::thread holder([&] {
      FutexLockHolder hold(releaser::Lock());
      held = true;
      while (!leave) os::SleepNanoseconds(1000000);
    });
    while (!held) os::SleepNanoseconds(1000000);
    EXPECT_FALSE(gate::Take(64 * kMega, kBig));  // returns although the holder never leaves
    EXPECT_EQ(engine.passes, 0);
    leave = true;
    holder.join();
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

}  // namespace
}  // namespace memgov
