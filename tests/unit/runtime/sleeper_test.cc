#include "governor/runtime/sleeper.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <thread>

#include "governor/base/os.h"
#include "governor/base/signals_blocked.h"
#include "unit/child.h"

namespace memgov::governor {
namespace {

constexpr uint64_t kForEver = UINT64_MAX;
constexpr uint64_t kMinuteNs = 60 * uint64_t{1000000000};

// Each case in both ways of sleeping; a wake that gets lost ends the child by its alarm.
class SleeperTest : public testing::TestWithParam<bool> {
 protected:
  static void Open() {
    static const SignalsBlocked* const blocked = new SignalsBlocked;
    EXPECT_NE(blocked, nullptr);
    EXPECT_EQ(sleeper::Open(GetParam()), GetParam());
  }
};

TEST_P(SleeperTest, AWakeEndsASleepWithoutATimer) {
  const ChildEnd end = RunInChild([] {
    Open();
    for (int round = 0; round < 2000; ++round) {
      sleeper::Prepare();
      std::thread waker([] { sleeper::Wake(); });
      sleeper::Sleep(kForEver, nullptr, 0);
      waker.join();
    }
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST_P(SleeperTest, AWakeBeforeTheSleepIsNotLost) {
  const ChildEnd end = RunInChild([] {
    Open();
    sleeper::Prepare();
    sleeper::Wake();
    sleeper::Sleep(kForEver, nullptr, 0);
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST_P(SleeperTest, AnUrgentWakeEndsAnySleep) {
  const ChildEnd end = RunInChild([] {
    Open();
    sleeper::Prepare();
    sleeper::WakeUrgently();
    sleeper::Sleep(kMinuteNs, nullptr, 0);
    for (int round = 0; round < 1000; ++round) {
      sleeper::Prepare();
      std::thread waker([] { sleeper::WakeUrgently(); });
      sleeper::Sleep(round % 2 == 0 ? kMinuteNs : kForEver, nullptr, 0);
      waker.join();
    }
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST_P(SleeperTest, OrdinaryWakesDoNotCutATimerShort) {
  const ChildEnd end = RunInChild([] {
    Open();
    constexpr uint64_t kSleepNs = 50000000;
    sleeper::Prepare();
    sleeper::Wake();
    std::atomic<bool> stop{false};
    std::thread waker([&] {
      while (!stop) sleeper::Wake();
    });
    const uint64_t begin_ns = os::NowNanoseconds();
    sleeper::Sleep(kSleepNs, nullptr, 0);
    EXPECT_GE(os::NowNanoseconds() - begin_ns, kSleepNs);
    stop = true;
    waker.join();
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST_P(SleeperTest, ADescriptorThatIsReadyEndsIt) {
  if (!GetParam()) GTEST_SKIP() << "a futex cannot wait for descriptors";
  const ChildEnd end = RunInChild([] {
    Open();
    int ends[2];
    ASSERT_EQ(pipe2(ends, O_CLOEXEC), 0);
    pollfd watched{ends[0], POLLIN, POLLERR};
    sleeper::Prepare();
    sleeper::Sleep(1000000, &watched, 1);
    EXPECT_EQ(watched.revents, 0);
    ASSERT_EQ(write(ends[1], "x", 1), 1);
    sleeper::Prepare();
    sleeper::Sleep(kForEver, &watched, 1);
    EXPECT_EQ(watched.revents, POLLIN);
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST_P(SleeperTest, AForkChildsWakesGoNowhere) {
  const ChildEnd end = RunInChild([] {
    Open();
    sleeper::Prepare();
    const ChildEnd child = RunInChild([] {
      sleeper::ResetInChild();
      sleeper::Wake();
      sleeper::WakeUrgently();
      EXPECT_EQ(sleeper::Open(false), false);
      sleeper::Prepare();
      sleeper::Wake();
      sleeper::Sleep(kForEver, nullptr, 0);
    });
    EXPECT_EQ(child.status, 0) << child.error_text;
    sleeper::Wake();
    sleeper::Sleep(kForEver, nullptr, 0);
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

INSTANTIATE_TEST_SUITE_P(Ways, SleeperTest, testing::Bool(),
                         [](const auto& way) { return way.param ? "Poll" : "Futex"; });

}  // namespace
}  // namespace memgov::governor
