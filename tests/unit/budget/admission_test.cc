#include "governor/budget/admission.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "governor/budget/pool_budgets.h"
#include "unit/budget/budget_fixture.h"
#include "unit/child.h"

namespace memgov {
namespace {

TEST(AdmissionTest, ReservesUntilDone) {
  const ChildEnd end = RunInChild([] {
    static FakeEngine engine;
    InstallBudget(engine);
    SetBudgetAbove(100 * kMega, 120 * kMega);
    admission::ReadForTick(os::NowNanoseconds());
    EXPECT_EQ(admission::Admit(60 * kMega), Admission::kAdmitted);
    EXPECT_EQ(admission::AdmittedBytes(), 60 * kMega);
    EXPECT_EQ(admission::Admit(60 * kMega), Admission::kDefer);
    EXPECT_EQ(admission::AdmittedBytes(), 60 * kMega);
    admission::Done(60 * kMega);
    EXPECT_EQ(admission::AdmittedBytes(), 0u);
    EXPECT_EQ(admission::Admit(60 * kMega), Admission::kAdmitted);
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST(AdmissionTest, OddRequests) {
  const ChildEnd end = RunInChild([] {
    static FakeEngine engine;
    InstallBudget(engine);
    EXPECT_EQ(admission::Admit(SIZE_MAX), Admission::kReject);  // without a budget, too
    SetBudgetAbove(100 * kMega, 120 * kMega);
    admission::ReadForTick(os::NowNanoseconds());
    EXPECT_EQ(admission::Admit(SIZE_MAX), Admission::kReject);
    EXPECT_EQ(admission::Admit(0), Admission::kAdmitted);
    EXPECT_EQ(admission::AdmittedBytes(), 0u);
    admission::Admit(kMega);
    admission::Done(SIZE_MAX);
    EXPECT_EQ(admission::AdmittedBytes(), 0u);
    admission::Done(kMega);
    EXPECT_EQ(admission::AdmittedBytes(), 0u);
    EXPECT_EQ(admission::Admit(200 * kMega), Admission::kReject);
    const admission::Counters counters = admission::ReadCounters();
    EXPECT_EQ(counters.admitted, 2u);
    EXPECT_EQ(counters.rejected, 3u);
    EXPECT_EQ(counters.given_back, 2u);
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST(AdmissionTest, RungsDecide) {
  const ChildEnd end = RunInChild([] {
    static FakeEngine engine;
    InstallBudget(engine);
    SetBudgetAbove(100 * kMega, 120 * kMega);
    admission::ReadForTick(os::NowNanoseconds());
    EXPECT_EQ(admission::Admit(kMega), Admission::kAdmitted);
    budget::SetRung(Rung::kSoft);
    EXPECT_EQ(admission::Admit(kMega), Admission::kDefer);
    budget::SetRung(Rung::kHard);
    EXPECT_EQ(admission::Admit(kMega), Admission::kReject);
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST(AdmissionTest, WhatTheEngineWouldHandOutAgainIsRoom) {
#ifdef __SANITIZE_THREAD__
  GTEST_SKIP() << "the sanitizer's shadow of the memory is charged too";
#endif
  const ChildEnd end = RunInChild([] {
    static FakeEngine engine;
    InstallBudget(engine);
    SetBudgetAbove(100 * kMega, 120 * kMega);
    Charge(90 * kMega);
    budget::Read();
    admission::ReadForTick(os::NowNanoseconds());
    EXPECT_EQ(admission::Admit(10 * kMega), Admission::kAdmitted);  // alone
    EXPECT_EQ(admission::Admit(20 * kMega), Admission::kDefer);
    engine.releasable_bytes = 90 * kMega;
    for (int tick = 0; tick < 100; ++tick) admission::ReadForTick(os::NowNanoseconds());
    EXPECT_EQ(admission::Admit(20 * kMega), Admission::kAdmitted);
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST(AdmissionTest, AYesDoesNotRestOnAnOldReading) {
#ifdef __SANITIZE_THREAD__
  GTEST_SKIP() << "the sanitizer's shadow of the memory is charged too";
#endif
  const ChildEnd end = RunInChild([] {
    static FakeEngine engine;
    InstallBudget(engine);
    SetBudgetAbove(100 * kMega, 120 * kMega);
    admission::ReadForTick(os::NowNanoseconds());
    EXPECT_EQ(admission::Admit(kMega), Admission::kAdmitted);
    Charge(95 * kMega);  // by somebody else, and no tick since
    os::SleepNanoseconds(100000000);
    EXPECT_EQ(admission::Admit(20 * kMega), Admission::kDefer);
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST(AdmissionTest, ADeferralWakesAGovernorThatIsLate) {
  const ChildEnd end = RunInChild([] {
    static FakeEngine engine;
    static std::atomic<int> wakes{0};
    InstallBudget(engine);
    budget::SetWaker([] { wakes.fetch_add(1); });
    SetBudgetAbove(100 * kMega, 120 * kMega);
    admission::ReadForTick(os::NowNanoseconds());
    admission::Admit(90 * kMega);
    os::SleepNanoseconds(100000000);
    const int before = wakes.load();
    EXPECT_EQ(admission::Admit(90 * kMega), Admission::kDefer);
    EXPECT_GT(wakes.load(), before);
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST(AdmissionTest, ThreadsTogetherReserveNoMoreThanFits) {
  const ChildEnd end = RunInChild([] {
    static FakeEngine engine;
    InstallBudget(engine);
    SetBudgetAbove(100 * kMega, 120 * kMega);
    admission::ReadForTick(os::NowNanoseconds());
    admission::Admit(kMega);
    std::atomic<uint64_t> most{0};
    std::vector<std::thread> threads;
    for (int index = 0; index < 8; ++index) {
      threads.emplace_back([&] {
        for (int round = 0; round < 2000; ++round) {
          if (admission::Admit(7 * kMega) != Admission::kAdmitted) continue;
          const uint64_t now = admission::AdmittedBytes();
          uint64_t before = most.load();
          while (now > before && !most.compare_exchange_weak(before, now)) {
          }
          admission::Done(7 * kMega);
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(admission::AdmittedBytes(), kMega);
    // Some that are about to be undone may be in it: one per thread.
    EXPECT_LE(most.load(), 100 * kMega + 8 * 7 * kMega);
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST(PoolBudgetsTest, ThreadsOfAPoolAboveItsBudgetAreDeferred) {
  const ChildEnd end = RunInChild([] {
    static FakeEngine engine;
    InstallBudget(engine);
    const PoolId io = pools::Intern("io");
    Pool& pool = pools::Get(io);
    pool.soft_budget_bytes.store(64 * kMega);
    pool.live_bytes.store(63 * kMega);
    EXPECT_FALSE(pool_budgets::Check(engine).any_over);
    pool.live_bytes.store(70 * kMega);
    const pool_budgets::Outcome over = pool_budgets::Check(engine);
    EXPECT_TRUE(over.any_over);
    EXPECT_TRUE(over.newly);
    EXPECT_EQ(over.worst, io);
    EXPECT_EQ(over.excess_bytes, 6 * kMega);
    EXPECT_TRUE(pool_budgets::IsOver(io));
    EXPECT_FALSE(pool_budgets::Check(engine).newly);

    admission::Admit(kMega);
    EXPECT_EQ(admission::Admit(kMega), Admission::kAdmitted);  // of another pool
    threads::current->current_pool.store(io);
    EXPECT_EQ(admission::Admit(kMega), Admission::kDefer);

    // What it got since it has shards of its own comes on top of what it had.
    pool.live_bytes.store(50 * kMega);
    engine.own_pool = io;
    engine.own_bytes.live_bytes = 20 * kMega;
    EXPECT_EQ(pool_budgets::LiveBytes(engine, io), 70 * kMega);
    EXPECT_EQ(pool_budgets::Check(engine).excess_bytes, 6 * kMega);
    engine.own_pool = UINT32_MAX;

    pool.live_bytes.store(62 * kMega);  // not yet: 95 %
    EXPECT_TRUE(pool_budgets::Check(engine).any_over);
    pool.live_bytes.store(60 * kMega);
    EXPECT_FALSE(pool_budgets::Check(engine).any_over);
    EXPECT_EQ(admission::Admit(kMega), Admission::kAdmitted);
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

}  // namespace
}  // namespace memgov
