// Reservations: nobody keeps what does not fit, whoever comes at the same time.
#include <gtest/gtest.h>
#include <sched.h>

#include <memory>
#include <thread>

#include "unit/cohort/cohort_support.h"

namespace memgov {
namespace {

using cohort::Reserve;
using cohort::Unreserve;

TEST(ReserveTest, CountsWithinTheProcessWithoutACohort) {
  const ChildEnd end = RunInChild([] {
    Reserve(100);
    Reserve(50);
    EXPECT_EQ(cohort::Reserved(), 150U);
    EXPECT_EQ(cohort::ReservedByOthers(), 0U);
    EXPECT_EQ(Unreserve(120), 120U);
    EXPECT_EQ(Unreserve(120), 30U) << "never below zero";
    EXPECT_EQ(cohort::Reserved(), 0U);
  });
  EXPECT_EQ(end.status, 0);
}

TEST(ReserveTest, GoesAlongIntoTheCohortAndOut) {
  const TempFolder folder;
  const ChildEnd end = RunInChild([&] {
    Reserve(100);
    EXPECT_TRUE(JoinTestCohort(folder));
    EXPECT_EQ(cohort::Reserved(), 100U);
    Process other([&] {
      cohort::ForgetInChild();
      EXPECT_TRUE(JoinTestCohort(folder));
      EXPECT_EQ(cohort::ReservedByOthers(), 100U);
      cohort::Leave();
    });
    EXPECT_EQ(other.Wait(), 0);
    cohort::Leave();
    EXPECT_EQ(cohort::Reserved(), 100U);
    EXPECT_EQ(Unreserve(1000), 100U);
  });
  EXPECT_EQ(end.status, 0);
}

TEST(ReserveTest, AnAbsurdOneTakesNothingOfOthersAlongWhenUndone) {
  const TempFolder folder;
  for (const bool joined : {false, true}) {
    const ChildEnd end = RunInChild([&] {
      EXPECT_EQ(joined && JoinTestCohort(folder), joined);
      Reserve(4096);
      Reserve(UINT64_MAX);
      EXPECT_EQ(cohort::Reserved(), 4096 + cohort::kMostAtOnce);
      EXPECT_EQ(Unreserve(UINT64_MAX), cohort::kMostAtOnce);
      EXPECT_EQ(cohort::Reserved(), 4096U);
      for (int count = 0; count < 1000; ++count) Reserve(UINT64_MAX);
      EXPECT_LE(cohort::Reserved(), uint64_t{1} << 46) << "bounded";
    });
    EXPECT_EQ(end.status, 0);
  }
}

struct Ledger {
  std::atomic<uint64_t> kept{0};
  std::atomic<uint64_t> kept_times{0};
  std::atomic<uint64_t> passed_limit{0};
  std::atomic<bool> go{false};
};

constexpr uint64_t kRoom = 100;

// `kept` grows after the decision and shrinks before the bytes go back: it is never above what is reserved.
void ReserveManyTimes(Ledger& ledger, uint64_t bytes, int times) {
  for (int count = 0; count < times; ++count) {
    Reserve(bytes);
    if (cohort::Reserved() + cohort::ReservedByOthers() <= kRoom) {
      ++ledger.kept_times;
      if (ledger.kept.fetch_add(bytes) + bytes > kRoom) ++ledger.passed_limit;
      if (count % 64 == 0) sched_yield();  // long enough for others to come along
      ledger.kept.fetch_sub(bytes);
    }
    EXPECT_EQ(Unreserve(bytes), bytes);
  }
}

void RunReservers(const TempFolder& folder, int processes, int threads, uint64_t bytes) {
  SharedMemory<Ledger> ledger;
  std::vector<std::unique_ptr<Process>> all;
  for (int count = 0; count < processes; ++count) {
    all.push_back(std::make_unique<Process>([&] {
      EXPECT_TRUE(JoinTestCohort(folder));
      while (!ledger->go) usleep(100);
      std::vector<std::thread> reservers;
      for (int thread = 0; thread < threads; ++thread) {
        reservers.emplace_back([&] { ReserveManyTimes(*ledger.operator->(), bytes, 60000); });
      }
      for (std::thread& thread : reservers) thread.join();
      EXPECT_EQ(cohort::Reserved(), 0U);
    }));
  }
  ledger->go = true;
  for (auto& process : all) EXPECT_EQ(process->Wait(), 0);
  EXPECT_EQ(ledger->passed_limit, 0U);
  EXPECT_GT(ledger->kept_times, 0U);
  EXPECT_EQ(ledger->kept, 0U);
}

TEST(ReserveTest, TwoNeverBothKeepWhatFitsOnce) {
  const TempFolder folder;
  RunReservers(folder, 4, 1, kRoom);
}

TEST(ReserveTest, ManyThreadsOfManyProcessesStayBelowTheLimit) {
  const TempFolder folder;
  RunReservers(folder, 3, 3, 30);
}

// The limit holds for the survivors, too, and the dead one's share comes back.
TEST(ReserveTest, AReserverKilledInTheMiddle) {
  const TempFolder folder;
  for (int round = 0; round < 4; ++round) {
    SharedMemory<Ledger> ledger;
    Process doomed([&] {
      EXPECT_TRUE(JoinTestCohort(folder));
      ledger->go = true;
      for (;;) {
        Reserve(kRoom);
        Unreserve(kRoom);
      }
    });
    const ChildEnd end = RunInChild([&] {
      EXPECT_TRUE(WaitUntil([&] { return ledger->go.load(); }));
      EXPECT_TRUE(JoinTestCohort(folder));
      ReserveManyTimes(*ledger.operator->(), kRoom, 200);
      kill(doomed.id(), SIGKILL);
      EXPECT_TRUE(WaitUntil([] { return ViewNow().members == 1; }));
      EXPECT_EQ(cohort::ReservedByOthers(), 0U);
      ReserveManyTimes(*ledger.operator->(), kRoom, 10);
      EXPECT_GE(ledger->kept_times, 10U);
      cohort::Leave();
    });
    EXPECT_EQ(end.status, 0);
  }
}

// Threads reserve while the governor joins and leaves: nothing is lost, nothing stays.
TEST(ReserveTest, WhileTheProcessJoinsAndLeaves) {
  const TempFolder folder;
  const ChildEnd end = RunInChild([&] {
    std::atomic<bool> stop{false};
    std::vector<std::thread> threads;
    for (int count = 0; count < 3; ++count) {
      threads.emplace_back([&] {
        while (!stop) {
          Reserve(7);
          EXPECT_EQ(Unreserve(7), 7U);
        }
      });
    }
    for (int turn = 0; turn < 300; ++turn) {
      EXPECT_TRUE(JoinTestCohort(folder));
      cohort::Leave();
    }
    stop = true;
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(cohort::Reserved(), 0U);
  });
  EXPECT_EQ(end.status, 0);
}

}  // namespace
}  // namespace memgov
