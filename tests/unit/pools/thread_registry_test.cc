#include "governor/pools/thread_registry.h"

#include <gtest/gtest.h>

#include <atomic>
#include <set>
#include <thread>
#include <vector>

#include "governor/base/os.h"
#include "unit/child.h"
#include "unit/pools/registered_thread.h"
#include "unit/threads.h"

namespace memgov {
namespace {

static_assert(sizeof(ThreadRecord) <= 128 && alignof(ThreadRecord) == 64);

int RecordsInUse() {
  int count = 0;
  threads::ForEachRecord([&](ThreadRecord&) { ++count; });
  return count;
}

TEST(ThreadRegistryTest, AcquireAndAbandon) {
  const uint32_t running = threads::RunningCount();
  int start = 0;
  int argument = 0;
  ThreadRecord* record = threads::Acquire(&start, &argument);
  ASSERT_NE(record, nullptr);
  EXPECT_EQ(record->start_routine, &start);
  EXPECT_EQ(record->start_argument, &argument);
  EXPECT_EQ(record->state, ThreadState::kRunning);
  EXPECT_EQ(record->tid, 0);
  EXPECT_EQ(threads::RunningCount(), running + 1);
  threads::Abandon(record);
  EXPECT_EQ(threads::RunningCount(), running);
  EXPECT_EQ(threads::Acquire(nullptr, nullptr), record);
  EXPECT_EQ(record->start_routine, nullptr);
  threads::Abandon(record);
}

// The governor may have claimed the record for the thread that had it before.
TEST(ThreadRegistryTest, AClaimOutlivesReuse) {
  ThreadRecord* record = threads::Acquire(nullptr, nullptr);
  record->claimed = 1;
  threads::Abandon(record);
  ASSERT_EQ(threads::Acquire(nullptr, nullptr), record);
  EXPECT_EQ(record->claimed, 1U);
  record->claimed = 0;
  threads::Abandon(record);
}

TEST(ThreadRegistryTest, AdoptMakesItTheThreadsOwn) {
  ThreadRecord* record = threads::Acquire(nullptr, nullptr);
  std::thread([&] {
    EXPECT_EQ(threads::current, nullptr);
    EXPECT_EQ(threads::Adopt(record), record);
    EXPECT_EQ(threads::current, record);
    EXPECT_EQ(record->tid, os::ThreadId());
    EXPECT_EQ(record->errno_address, &errno);
    EXPECT_NE(record->random_state, 0U);
    EXPECT_EQ(record->thread_pool, kUnresolvedPool);
    threads::MarkExiting(record);
  }).join();
}

TEST(ThreadRegistryTest, TheFirstThreadIsMains) {
  const ChildEnd end = RunInChild([] {
    ThreadRecord* record = threads::Adopt(nullptr);
    ASSERT_NE(record, nullptr);
    EXPECT_EQ(record->thread_pool, kMainPool);
    EXPECT_EQ(record->current_pool, kMainPool);
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST(ThreadRegistryTest, MarkExitingCountsOnce) {
  const uint32_t running = threads::RunningCount();
  std::thread([&] {
    ThreadRecord* record = threads::Adopt(nullptr);
    EXPECT_EQ(threads::RunningCount(), running + 1);
    threads::MarkExiting(record);
    threads::MarkExiting(record);
    EXPECT_EQ(threads::RunningCount(), running);
  }).join();
}

TEST(ThreadRegistryTest, ARecordIsUsedAgainOnlyOnceTheKernelForgotItsThread) {
  const ChildEnd end = RunInChild([] {
    RegisteredThread thread("leaving");
    ThreadRecord* const record = thread.record();
    const pid_t tid = thread.tid();
    thread.MarkExiting();
    std::vector<ThreadRecord*> others;
    for (int count = 0; count < 100; ++count) others.push_back(threads::Acquire(nullptr, nullptr));
    for (ThreadRecord* other : others) EXPECT_NE(other, record);
    EXPECT_EQ(record->state, ThreadState::kExiting);
    thread.End();
    ASSERT_TRUE(WaitUntil([&] { return !os::ThreadExists(tid); }));
    EXPECT_EQ(threads::Acquire(nullptr, nullptr), record);
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST(ThreadRegistryTest, ManyShortThreadsNeedFewRecords) {
  const ChildEnd end = RunInChild([] {
    std::set<ThreadRecord*> different;
    for (int count = 0; count < 2000; ++count) {
      ThreadRecord* record = threads::Acquire(nullptr, nullptr);
      different.insert(record);
      pid_t tid = 0;
      std::thread([&] {
        tid = os::ThreadId();
        threads::Adopt(record);
        threads::MarkExiting(record);
      }).join();
      // join returns a moment before the kernel lets go of the number.
      ASSERT_TRUE(WaitUntil([&] { return !os::ThreadExists(tid); }));
    }
    EXPECT_LE(different.size(), 4U);
    EXPECT_EQ(threads::RunningCount(), 0U);
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST(ThreadRegistryTest, RecordsFillSeveralChunksAndDoNotOverlap) {
  constexpr size_t kRecords = 1200;
  std::set<ThreadRecord*> records;
  for (size_t count = 0; count < kRecords; ++count) records.insert(threads::Acquire(nullptr, nullptr));
  ASSERT_EQ(records.size(), kRecords);
  const ThreadRecord* before = nullptr;
  for (ThreadRecord* record : records) {
    EXPECT_EQ(reinterpret_cast<uintptr_t>(record) % 64, 0U);
    EXPECT_TRUE(before == nullptr || record - before >= 1);
    before = record;
  }
  for (ThreadRecord* record : records) threads::Abandon(record);
}

TEST(ThreadRegistryTest, WithoutMemoryThreadsGoWithout) {
  const ChildEnd end = RunInChild([] {
    os::FailNth(os::Call::kMmap, 1, true);
    int left = 100000;  // records of the chunks that exist already
    while (threads::Acquire(nullptr, nullptr) != nullptr && left > 0) --left;
    EXPECT_GT(left, 0);
    EXPECT_EQ(threads::Adopt(nullptr), nullptr);
    EXPECT_EQ(threads::current, nullptr);
    os::FailNth(os::Call::kMmap, 0, false);
    EXPECT_NE(threads::Adopt(nullptr), nullptr);
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST(ThreadRegistryTest, BytesOfThreadsThatAreGoneStayCounted) {
  const uint64_t before = threads::RetiredAllocatedBytes();
  ThreadRecord* record = threads::Acquire(nullptr, nullptr);
  record->allocated_base = 1000;
  record->sample_interval = 500;
  record->sample_left = 200;
  EXPECT_EQ(record->AllocatedBytes(), 1300U);
  threads::Abandon(record);
  EXPECT_EQ(threads::RetiredAllocatedBytes(), before + 1300);
}

TEST(ThreadRegistryTest, CollectGoesOnWhereItStopped) {
  const ChildEnd end = RunInChild([] {
    for (int count = 0; count < 10; ++count) threads::Acquire(nullptr, nullptr);
    std::set<ThreadRecord*> seen;
    ThreadRecord* some[4];
    EXPECT_EQ(threads::Collect(some, 4, 0), 4);
    seen.insert(some, some + 4);
    EXPECT_EQ(threads::Collect(some, 4, 4), 4);
    seen.insert(some, some + 4);
    EXPECT_EQ(threads::Collect(some, 4, 8), 2);
    seen.insert(some, some + 2);
    EXPECT_EQ(threads::Collect(some, 4, 10), 0);
    EXPECT_EQ(seen.size(), 10U);
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST(ThreadRegistryTest, OnlyTheForkingThreadIsLeftInAChild) {
  const ChildEnd end = RunInChild([] {
    ThreadRecord* mine = threads::Adopt(nullptr);
    const uint64_t retired = threads::RetiredAllocatedBytes();
    for (int count = 0; count < 5; ++count) threads::Acquire(nullptr, nullptr)->allocated_base = 10;
    threads::ForgetOthersInChild();
    EXPECT_EQ(threads::RunningCount(), 1U);
    EXPECT_EQ(RecordsInUse(), 1);
    EXPECT_EQ(threads::current, mine);
    EXPECT_EQ(threads::RetiredAllocatedBytes(), retired + 50);
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST(ThreadRegistryTest, ThreadsThatComeAndGoWhileOthersLook) {
  const uint32_t running = threads::RunningCount();
  std::atomic<int> busy{4};
  RunOnThreads(5, [&](int index) {
    if (index == 4) {
      while (busy > 0) EXPECT_GE(RecordsInUse(), 0);
      return;
    }
    for (int round = 0; round < 100; ++round) {
      ThreadRecord* record = threads::Acquire(nullptr, nullptr);
      std::thread([&] { threads::MarkExiting(threads::Adopt(record)); }).join();
    }
    --busy;
  });
  EXPECT_EQ(threads::RunningCount(), running);
}

}  // namespace
}  // namespace memgov
