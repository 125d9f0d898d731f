// Counters and Close are global: each case has a child of its own.
#include "governor/release/releaser.h"

#include <gtest/gtest.h>
#include <sys/mman.h>

#include <atomic>
#include <chrono>
#include <cstring>
#include <thread>

#include "governor/base/os.h"
#include "governor/base/raw_syscall.h"
#include "governor/pools/pool_table.h"
#include "unit/child.h"
#include "unit/fake_engine.h"
#include "unit/threads.h"

namespace memgov {
namespace {

constexpr size_t kMega = 1 << 20;
constexpr size_t kHeapBytes = 32 * kMega;
// What else moves in a process meanwhile, and the kernel's own inexactness (128 KiB per CPU at most).
constexpr double kSlack = 4.0 * kMega;

// It goes again by CallKernel: a sanitizer that sees a munmap gives back memory of its own too.
void* TouchedHeap() {
  void* heap = os::MapAnonymous(kHeapBytes);
  std::memset(heap, 1, kHeapBytes);
  return heap;
}

TEST(ReleaserTest, ReasonsHaveNames) {
  EXPECT_STREQ(ReleaseReasonName(ReleaseReason::kIdle), "idle");
  EXPECT_STREQ(ReleaseReasonName(ReleaseReason::kPeriodic), "periodic");
  EXPECT_STREQ(ReleaseReasonName(ReleaseReason::kApi), "api");
  EXPECT_STREQ(ReleaseReasonName(ReleaseReason::kMallocTrim), "malloc_trim");
  EXPECT_STREQ(ReleaseReasonName(ReleaseReason::kWindow), "window");
}

TEST(ReleaserTest, AnEngineThatStopsTrafficReleasesOnlyForWhatIsWorthIt) {
  const ChildEnd end = RunInChild([] {
    FakeEngine engine;
    engine.release_stops_traffic = true;
    for (const ReleaseReason reason :
         {ReleaseReason::kSoft, ReleaseReason::kPressure, ReleaseReason::kPool}) {
      releaser::Release(engine, reason);
      releaser::TryRelease(engine, reason);
      EXPECT_EQ(engine.give_backs.load(), 0) << ReleaseReasonName(reason);
    }
    int expected = 0;
    for (const ReleaseReason reason :
         {ReleaseReason::kIdle, ReleaseReason::kPeriodic, ReleaseReason::kApi, ReleaseReason::kMallocTrim,
          ReleaseReason::kHard, ReleaseReason::kEmergency}) {
      releaser::Release(engine, reason);
      EXPECT_EQ(engine.give_backs.load(), ++expected) << ReleaseReasonName(reason);
    }
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST(ReleaserTest, MeasuresWhatTheProcessLost) {
  for (const bool unmap : {true, false}) {
    const ChildEnd end = RunInChild([&] {
      FakeEngine engine;
      void* heap = TouchedHeap();
      engine.on_give_back = [&] {
        if (unmap) {
          CallKernel(SYS_munmap, heap, kHeapBytes);
        } else {
          CallKernel(SYS_madvise, heap, kHeapBytes, MADV_DONTNEED);
        }
      };
      const size_t bytes = releaser::Release(engine, ReleaseReason::kApi);
      EXPECT_NEAR(static_cast<double>(bytes), kHeapBytes, kSlack);
      EXPECT_EQ(releaser::Totals(ReleaseReason::kApi).bytes, bytes);
    });
    EXPECT_EQ(end.status, 0) << end.error_text;
  }
}

TEST(ReleaserTest, AnEngineThatNeedsMemoryForItGaveNothingBack) {
  const ChildEnd end = RunInChild([] {
    FakeEngine engine;
    engine.on_give_back = [] { TouchedHeap(); };
    EXPECT_EQ(releaser::Release(engine, ReleaseReason::kIdle), 0U);
    EXPECT_EQ(releaser::Totals(ReleaseReason::kIdle).passes, 1U);
    EXPECT_EQ(releaser::Totals(ReleaseReason::kIdle).bytes, 0U);
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST(ReleaserTest, CountsByReason) {
  const ChildEnd end = RunInChild([] {
    FakeEngine engine;
    releaser::Release(engine, ReleaseReason::kIdle);
    releaser::Release(engine, ReleaseReason::kPeriodic);
    releaser::Release(engine, ReleaseReason::kPeriodic);
    releaser::Release(engine, ReleaseReason::kMallocTrim);
    EXPECT_EQ(releaser::Totals(ReleaseReason::kIdle).passes, 1U);
    EXPECT_EQ(releaser::Totals(ReleaseReason::kPeriodic).passes, 2U);
    EXPECT_EQ(releaser::Totals(ReleaseReason::kApi).passes, 0U);
    EXPECT_EQ(releaser::Totals(ReleaseReason::kMallocTrim).passes, 1U);
    EXPECT_EQ(releaser::AllTotals().passes, 4U);
    EXPECT_EQ(engine.give_backs, 4);
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST(ReleaserTest, AReleaseThatGaveSomethingForgetsThePeaks) {
  const ChildEnd end = RunInChild([] {
    FakeEngine engine;
    Pool& pool = pools::Get(pools::Intern("io"));
    pool.live_bytes = 5;
    pool.peak_bytes = 100;
    engine.on_give_back = [] { TouchedHeap(); };
    releaser::Release(engine, ReleaseReason::kIdle);
    EXPECT_EQ(pool.peak_bytes, 100);
    void* heap = TouchedHeap();
    engine.on_give_back = [heap] { CallKernel(SYS_munmap, heap, kHeapBytes); };
    releaser::Release(engine, ReleaseReason::kIdle);
    EXPECT_EQ(pool.peak_bytes, 5);
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST(ReleaserTest, OnePassAtATime) {
  const ChildEnd end = RunInChild([] {
    constexpr int kThreads = 8;
    constexpr int kRounds = 5;
    FakeEngine engine;
    std::atomic<int> inside{0};
    std::atomic<int> most{0};
    engine.on_give_back = [&] {
      const int now = ++inside;
      if (now > most) most = now;
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
      --inside;
    };
    RunOnThreads(kThreads, [&](int) {
      for (int round = 0; round < kRounds; ++round) releaser::Release(engine, ReleaseReason::kApi);
    });
    EXPECT_EQ(most, 1);
    EXPECT_EQ(engine.give_backs, kThreads * kRounds);
    EXPECT_EQ(releaser::Totals(ReleaseReason::kApi).passes, uint64_t{kThreads * kRounds});
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST(ReleaserTest, CloseAllowsNoOther) {
  const ChildEnd end = RunInChild([] {
    FakeEngine engine;
    releaser::Release(engine, ReleaseReason::kApi);
    releaser::Close();
    EXPECT_EQ(releaser::Release(engine, ReleaseReason::kApi), 0U);
    EXPECT_EQ(engine.give_backs, 1);
    EXPECT_EQ(releaser::AllTotals().passes, 1U);
    releaser::Close();
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST(ReleaserTest, TheLongestStallIsTheWorstThatTheEngineSaid) {
  const ChildEnd end = RunInChild([] {
    FakeEngine engine;
    for (const uint64_t stall : {5U, 70U, 6U}) {
      engine.stall_ns = stall;
      releaser::Release(engine, ReleaseReason::kApi);
    }
    EXPECT_EQ(releaser::LongestStallNs(), 70U);
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

// exit() from a signal handler may have interrupted the very pass: Close must return all the same.
TEST(ReleaserTest, CloseDoesNotWaitForEverForThePassItInterrupted) {
  const ChildEnd end = RunInChild([] {
    FakeEngine engine;
    engine.on_give_back = [] { releaser::Close(); };
    releaser::Release(engine, ReleaseReason::kApi);
    EXPECT_EQ(releaser::Release(engine, ReleaseReason::kApi), 0U);
    EXPECT_EQ(engine.give_backs, 1);
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST(ReleaserTest, WithoutProcItReleasesAndClaimsNothing) {
  const ChildEnd end = RunInChild([] {
    FakeEngine engine;
    os::FailNth(os::Call::kOpen, 1, true);
    EXPECT_EQ(releaser::Release(engine, ReleaseReason::kApi), 0U);
    EXPECT_EQ(engine.give_backs, 1);
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST(ReleaserTest, AFailedReadBeforeOrAfterClaimsNothing) {
  for (const uint32_t nth : {1U, 2U}) {
    const ChildEnd end = RunInChild([&] {
      FakeEngine engine;
      os::FailNth(os::Call::kOpen, nth, false);
      EXPECT_EQ(releaser::Release(engine, ReleaseReason::kApi), 0U) << nth;
    });
    EXPECT_EQ(end.status, 0) << end.error_text;
  }
}

TEST(ReleaserTest, AsksForAsMuchAsItsCallerDoes) {
  const ChildEnd end = RunInChild([] {
    FakeEngine engine;
    releaser::Release(engine, ReleaseReason::kApi, 5 * kMega);
    EXPECT_EQ(engine.asked_bytes, 5 * kMega);
    releaser::Release(engine, ReleaseReason::kApi);
    EXPECT_EQ(engine.asked_bytes, UINT64_MAX);
    engine.asked_bytes = 0;
    releaser::TryRelease(engine, ReleaseReason::kApi);
    EXPECT_EQ(engine.asked_bytes, UINT64_MAX);
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST(ReleaserTest, ATickThatGaveSomethingBackCountsForTheWindow) {
  const ChildEnd end = RunInChild([] {
    FakeEngine engine;
    engine.next_tick = {.sleep_ns = 70, .given_back_bytes = 0, .stall_ns = 9};
    EXPECT_EQ(releaser::TickEngine(engine, 1234), 70U);
    EXPECT_EQ(engine.ticked_ns, 1234U);
    EXPECT_EQ(releaser::Totals(ReleaseReason::kWindow).passes, 0U);
    EXPECT_EQ(releaser::LongestStallNs(), 9U);
    engine.next_tick = {.sleep_ns = UINT64_MAX, .given_back_bytes = kMega, .stall_ns = 5};
    EXPECT_EQ(releaser::TickEngine(engine, 1300), UINT64_MAX);
    EXPECT_EQ(releaser::TickEngine(engine, 1400), UINT64_MAX);
    EXPECT_EQ(releaser::Totals(ReleaseReason::kWindow).passes, 2U);
    EXPECT_EQ(releaser::Totals(ReleaseReason::kWindow).bytes, 2 * kMega);
    EXPECT_EQ(releaser::AllTotals().bytes, 2 * kMega);
    EXPECT_EQ(releaser::LongestStallNs(), 9U);
    EXPECT_EQ(engine.give_backs, 0);
    releaser::ResetInChild();
    EXPECT_EQ(releaser::Totals(ReleaseReason::kWindow).bytes, 0U);
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST(ReleaserTest, ATickDoesNotWaitForAPassAndNoneFollowsClose) {
  const ChildEnd end = RunInChild([] {
    FakeEngine engine;
    uint64_t sleep_ns = 0;
    engine.on_give_back = [&] { sleep_ns = releaser::TickEngine(engine, 1); };
    releaser::Release(engine, ReleaseReason::kApi);
    EXPECT_GT(sleep_ns, 0U);
    EXPECT_LE(sleep_ns, 100000000U) << "soon again";
    EXPECT_EQ(engine.ticks, 0);
    releaser::Close();
    EXPECT_EQ(releaser::TickEngine(engine, 2), UINT64_MAX);
    EXPECT_EQ(engine.ticks, 0);
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

// Ticks and passes exclude each other: the engine's window has no lock of its own.
TEST(ReleaserTest, NoTickDuringAPass) {
  const ChildEnd end = RunInChild([] {
    FakeEngine engine;
    std::atomic<int> inside{0};
    std::atomic<int> most{0};
    const auto enter = [&] {
      const int now = ++inside;
      if (now > most) most = now;
      std::this_thread::sleep_for(std::chrono::microseconds(200));
      --inside;
    };
    engine.on_give_back = engine.on_tick = enter;
    RunOnThreads(4, [&](int index) {
      for (int round = 0; round < 50; ++round) {
        index % 2 == 0 ? releaser::TickEngine(engine, 1) : releaser::Release(engine, ReleaseReason::kApi);
      }
    });
    EXPECT_EQ(most, 1);
    EXPECT_EQ(engine.give_backs, 100);
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

}  // namespace
}  // namespace memgov
