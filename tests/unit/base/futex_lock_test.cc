#include "governor/base/futex_lock.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "unit/child.h"
#include "unit/threads.h"

namespace memgov {
namespace {

bool AnotherThreadGets(FutexLock& lock) {
  bool got = false;
  std::thread([&] {
    got = lock.TryLock();
    if (got) lock.Unlock();
  }).join();
  return got;
}

TEST(FutexLockTest, OneAtATimeUnderContention) {
  constexpr int kThreads = 8;
  constexpr int kRounds = 20000;
  FutexLock lock(LockRank::kRegistry);
  int64_t guarded = 0;  // plain on purpose: the lock is all that orders it
  RunOnThreads(kThreads, [&](int) {
    for (int round = 0; round < kRounds; ++round) {
      FutexLockHolder hold(lock);
      ++guarded;
    }
  });
  EXPECT_EQ(guarded, kThreads * kRounds);
}

// A holder that sleeps makes the others pass their pauses and wait in the kernel.
TEST(FutexLockTest, WaitersAreWokenOneByOne) {
  constexpr int kThreads = 8;
  FutexLock lock(LockRank::kRegistry);
  int guarded = 0;
  RunOnThreads(kThreads, [&](int) {
    for (int round = 0; round < 10; ++round) {
      FutexLockHolder hold(lock);
      std::this_thread::sleep_for(std::chrono::microseconds(200));
      ++guarded;
    }
  });
  EXPECT_EQ(guarded, kThreads * 10);
}

TEST(FutexLockTest, TryLockNeverWaits) {
  FutexLock lock(LockRank::kPools);
  ASSERT_TRUE(lock.TryLock());
  EXPECT_FALSE(AnotherThreadGets(lock));
  EXPECT_FALSE(lock.TryLock());
  lock.Unlock();
  EXPECT_TRUE(AnotherThreadGets(lock));
}

TEST(FutexLockTest, MixedTryLockAndLockStillExclude) {
  FutexLock lock(LockRank::kRegistry);
  int64_t guarded = 0;
  std::atomic<int64_t> taken{0};
  RunOnThreads(8, [&](int index) {
    for (int round = 0; round < 10000; ++round) {
      if (index % 2 == 0) {
        lock.Lock();
      } else if (!lock.TryLock()) {
        continue;
      }
      ++guarded;
      ++taken;
      lock.Unlock();
    }
  });
  EXPECT_EQ(guarded, taken);
}

TEST(FutexLockTest, BetweenBeginForkAndEndForkTheThreadHoldsEverything) {
  FutexLock lock(LockRank::kRegistry);
  lock.Lock();
  FutexLock::BeginFork();
  lock.Lock();  // would wait for itself for ever
  EXPECT_TRUE(lock.TryLock());
  lock.Unlock();  // leaves nothing: others are still kept out
  EXPECT_FALSE(AnotherThreadGets(lock));
  FutexLock::EndFork();
  EXPECT_FALSE(lock.TryLock());
  lock.Unlock();
  EXPECT_TRUE(AnotherThreadGets(lock));
}

TEST(FutexLockTest, TheChildOfAForkFreesWhatItsParentHeld) {
  FutexLock lock(LockRank::kRegistry);
  lock.Lock();
  const ChildEnd end = RunInChild([&] {
    EXPECT_FALSE(AnotherThreadGets(lock));
    lock.ReleaseInChild();
    EXPECT_TRUE(AnotherThreadGets(lock));
    FutexLockHolder hold(lock);
    EXPECT_FALSE(AnotherThreadGets(lock));
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
  EXPECT_FALSE(AnotherThreadGets(lock));
  lock.Unlock();
}

TEST(FutexLockTest, TakenInTheOrderOfTheirRanks) {
  FutexLock release(LockRank::kRelease);
  FutexLock naming(LockRank::kNaming);
  FutexLock pools(LockRank::kPools);
  FutexLock registry(LockRank::kRegistry);
  FutexLock slots(LockRank::kSlots);
  FutexLock groups(LockRank::kGroups);
  FutexLock of_class(LockRank::kClass);
  FutexLock pages(LockRank::kPages);
  for (int round = 0; round < 2; ++round) {
    FutexLockHolder first(release);
    FutexLockHolder second(naming);
    FutexLockHolder third(pools);
    FutexLockHolder fourth(registry);
    FutexLockHolder fifth(slots);
    FutexLockHolder sixth(groups);
    FutexLockHolder seventh(of_class);
    FutexLockHolder eighth(pages);
  }
}

// fork takes every lock of a rank one after the other.
TEST(FutexLockTest, ForkTakesManyOfOneRank) {
  FutexLock first(LockRank::kClass);
  FutexLock second(LockRank::kClass);
  EXPECT_TRUE(first.LockForFork());
  EXPECT_TRUE(second.LockForFork());
  EXPECT_FALSE(AnotherThreadGets(first));
  EXPECT_FALSE(AnotherThreadGets(second));
  EXPECT_FALSE(first.HeldByThisThread()) << "the thread may take others of its rank";
  first.LeaveAfterFork();
  EXPECT_TRUE(AnotherThreadGets(first));
  EXPECT_FALSE(AnotherThreadGets(second));
  second.LeaveAfterFork();
  FutexLockHolder hold(second);
}

TEST(FutexLockTest, ForkWaitsForAnotherThreadsHoldHoweverLong) {
  FutexLock lock(LockRank::kClass);
  std::atomic<bool> held{false};
  std::atomic<bool> left{false};
  std::thread holder([&] {
    lock.Lock();
    held = true;
    std::this_thread::sleep_for(std::chrono::milliseconds(40));
    left = true;
    lock.Unlock();
  });
  ASSERT_TRUE(WaitUntil([&] { return held.load(); }));
  EXPECT_TRUE(lock.LockForFork());
  EXPECT_TRUE(left);
  lock.LeaveAfterFork();
  holder.join();
}

// A signal handler that forks has interrupted the holder, who cannot leave it before the handler returns.
TEST(FutexLockTest, ForkDoesWithoutTheLockThatItsThreadHolds) {
  FutexLock lock(LockRank::kClass);
  FutexLock other(LockRank::kClass);
  lock.Lock();
  EXPECT_TRUE(lock.HeldByThisThread());
  EXPECT_FALSE(lock.LockForFork());
  EXPECT_TRUE(other.LockForFork()) << "others of the rank are free";
  other.LeaveAfterFork();
  EXPECT_FALSE(AnotherThreadGets(lock)) << "still the interrupted code's";
  lock.Unlock();
  EXPECT_TRUE(lock.LockForFork());
  lock.LeaveAfterFork();
}

TEST(FutexLockTest, WhoWaitsWhileForkHoldsItIsWoken) {
  FutexLock lock(LockRank::kPages);
  ASSERT_TRUE(lock.LockForFork());
  std::atomic<bool> got{false};
  std::thread waiter([&] {
    FutexLockHolder hold(lock);
    got = true;
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(5));
  EXPECT_FALSE(got);
  lock.LeaveAfterFork();
  waiter.join();
  EXPECT_TRUE(got);
}

#ifndef NDEBUG
void TakeBoth(LockRank outer, LockRank inner) {
  FutexLock first(outer);
  FutexLock second(inner);
  FutexLockHolder hold_first(first);
  FutexLockHolder hold_second(second);
}

TEST(FutexLockDeathTest, AgainstTheOrderDies) {
  const char* sentence = "memgov: internal error: lock taken against its rank";
  EXPECT_DEATH(TakeBoth(LockRank::kRegistry, LockRank::kRelease), sentence);
  EXPECT_DEATH(TakeBoth(LockRank::kNaming, LockRank::kNaming), sentence);
  EXPECT_DEATH(TakeBoth(LockRank::kPages, LockRank::kClass), sentence);
  TakeBoth(LockRank::kRelease, LockRank::kRegistry);
}
#endif

}  // namespace
}  // namespace memgov
