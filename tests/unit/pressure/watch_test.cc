#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <sstream>
#include <string>

#include "governor/base/os.h"
#include "governor/pressure/watch.h"
#include "unit/pressure/fixture_tree.h"

namespace memgov {
namespace {

constexpr const char* kOwn = "/sys/fs/cgroup/a";

std::string Psi(uint64_t total) {
  return "some avg10=0.00 avg60=0.00 avg300=0.00 total=" + std::to_string(total) +
         "\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=0\n";
}

std::string ReadFile(const std::string& path) {
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

class WatchTest : public testing::Test {
 protected:
  WatchTest() {
    tree_.Process("0::/a\n", MountV2("/", "/sys/fs/cgroup"));
    tree_.WriteLevel(kOwn, {.max = "1048576\n", .current = 4096});
    tree_.Write("/proc/pressure/memory", Psi(7));
  }

  void WriteOwn(const char* name, const std::string& text) {
    tree_.Write(std::string(kOwn) + "/" + name, text);
  }

  // Written in place: a descriptor that is open sees it.
  void Open(bool keep_open) {
    files_ = tree_.Find();
    watch_.Open(files_, tree_.root(), nullptr, nullptr, keep_open);
  }

  ~WatchTest() override {
    pollfd descriptors[PressureWatch::kMostDescriptors];
    for (int count = watch_.Descriptors(descriptors); count > 0; --count) close(descriptors[count - 1].fd);
  }

  FixtureTree tree_;
  CgroupFiles files_;
  PressureWatch watch_;
};

TEST_F(WatchTest, TheCgroupsOwnFilesComeFirst) {
  WriteOwn("memory.pressure", Psi(100));
  WriteOwn("memory.events", "low 0\nhigh 0\nmax 0\noom 0\noom_kill 0\n");
  Open(true);
  EXPECT_EQ(watch_.psi(), WatchState::kWatched);
  EXPECT_EQ(watch_.events(), WatchState::kWatched);
  EXPECT_EQ(watch_.systemd(), WatchState::kAbsent);
  EXPECT_FALSE(watch_.NeedsPolling());
  EXPECT_EQ(watch_.psi_path(), tree_.Path(std::string(kOwn) + "/memory.pressure"));
  pollfd descriptors[PressureWatch::kMostDescriptors];
  ASSERT_EQ(watch_.Descriptors(descriptors), 2);
  for (int index = 0; index < 2; ++index) {
    EXPECT_EQ(descriptors[index].events, POLLPRI);
    EXPECT_EQ(fcntl(descriptors[index].fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
  }
}

TEST_F(WatchTest, TheTriggerIsWrittenWithALastByteToSpare) {
  WriteOwn("memory.pressure", Psi(100));
  Open(true);
  EXPECT_EQ(ReadFile(watch_.psi_path()).substr(0, 20), "some 200000 2000000\n");
}

TEST_F(WatchTest, ElseTheSystems) {
  Open(true);
  EXPECT_EQ(watch_.psi(), WatchState::kWatched);
  EXPECT_EQ(watch_.events(), WatchState::kAbsent);
  EXPECT_EQ(watch_.psi_path(), tree_.Path("/proc/pressure/memory"));
}

TEST_F(WatchTest, NothingThereIsAbsent) {
  tree_.Remove("/proc/pressure");
  WriteOwn("memory.pressure", "garbage\n");
  Open(true);
  EXPECT_EQ(watch_.psi(), WatchState::kAbsent);
  EXPECT_STREQ(watch_.psi_path(), "");
  EXPECT_FALSE(watch_.NeedsPolling());
  EXPECT_EQ(watch_.Collect(nullptr, 0).stalled_us, 0U);
}

TEST_F(WatchTest, WithoutDescriptorsAllIsPolled) {
  WriteOwn("memory.pressure", Psi(100));
  WriteOwn("memory.events", "max 0\n");
  Open(false);
  EXPECT_EQ(watch_.psi(), WatchState::kPolled);
  EXPECT_EQ(watch_.events(), WatchState::kPolled);
  EXPECT_TRUE(watch_.NeedsPolling());
  pollfd descriptors[PressureWatch::kMostDescriptors];
  EXPECT_EQ(watch_.Descriptors(descriptors), 0);
  EXPECT_EQ(ReadFile(watch_.psi_path()), Psi(100));  // no trigger
}

// A container's read-only /sys/fs/cgroup.
TEST_F(WatchTest, WhatTakesNoTriggerIsPolled) {
  WriteOwn("memory.pressure", Psi(100));
  files_ = tree_.Find();
  os::FailNth(os::Call::kOpen, 2, true);  // the first one reads it
  watch_.Open(files_, tree_.root(), nullptr, nullptr, true);
  os::FailNth(os::Call::kOpen, 0, false);
  EXPECT_EQ(watch_.psi(), WatchState::kPolled);
  EXPECT_TRUE(watch_.NeedsPolling());
}

TEST_F(WatchTest, CollectSaysWhatIsNew) {
  for (const bool keep_open : {false, true}) {
    WriteOwn("memory.pressure", Psi(100));
    WriteOwn("memory.events", "low 1\nhigh 2\nmax 3\noom 4\noom_kill 5\n");
    watch_ = PressureWatch();
    Open(keep_open);
    WriteOwn("memory.pressure", Psi(100));  // over the trigger, which a real file does not keep
    PressureSigns signs = watch_.Collect(nullptr, 0);
    EXPECT_FALSE(signs.pressed || signs.events);
    EXPECT_EQ(signs.stalled_us, 0U);
    EXPECT_EQ(signs.delta.max, 0U);
    WriteOwn("memory.pressure", Psi(5100));
    WriteOwn("memory.events", "low 1\nhigh 12\nmax 103\noom 4\noom_kill 6\n");
    signs = watch_.Collect(nullptr, 0);
    EXPECT_TRUE(signs.events);
    EXPECT_EQ(signs.stalled_us, 5000U);
    EXPECT_EQ(signs.delta.high, 10U);
    EXPECT_EQ(signs.delta.max, 100U);
    EXPECT_EQ(signs.delta.oom, 0U);
    EXPECT_EQ(signs.delta.oom_kill, 1U);
    signs = watch_.Collect(nullptr, 0);
    EXPECT_FALSE(signs.events);
    EXPECT_EQ(signs.delta.max, 0U);
  }
}

TEST_F(WatchTest, LowAloneIsNoEvent) {
  WriteOwn("memory.events", "low 1\nhigh 2\n");
  Open(false);
  WriteOwn("memory.events", "low 2\nhigh 2\n");
  const PressureSigns signs = watch_.Collect(nullptr, 0);
  EXPECT_FALSE(signs.events);
  EXPECT_EQ(signs.delta.low, 1U);
}

TEST_F(WatchTest, AFileThatVanishesAndComesBackRepeatsNothing) {
  WriteOwn("memory.pressure", Psi(100));
  WriteOwn("memory.events", "max 30\n");
  Open(false);
  tree_.Remove(std::string(kOwn) + "/memory.events");
  tree_.Remove(std::string(kOwn) + "/memory.pressure");
  PressureSigns signs = watch_.Collect(nullptr, 0);
  EXPECT_EQ(signs.delta.max, 0U);
  EXPECT_EQ(signs.stalled_us, 0U);
  WriteOwn("memory.pressure", Psi(110));
  WriteOwn("memory.events", "max 31\n");
  signs = watch_.Collect(nullptr, 0);
  EXPECT_EQ(signs.delta.max, 1U);
  EXPECT_EQ(signs.stalled_us, 10U);
}

TEST_F(WatchTest, ATriggerThatFailsForGoodIsPolled) {
  WriteOwn("memory.pressure", Psi(100));
  WriteOwn("memory.events", "max 30\n");
  Open(true);
  pollfd descriptors[PressureWatch::kMostDescriptors];
  ASSERT_EQ(watch_.Descriptors(descriptors), 2);
  descriptors[0].revents = POLLPRI | POLLERR;
  descriptors[1].revents = POLLPRI | POLLERR;  // how an events file says that it changed
  EXPECT_FALSE(watch_.Collect(descriptors, 2).pressed);
  EXPECT_EQ(watch_.psi(), WatchState::kPolled);
  EXPECT_EQ(watch_.events(), WatchState::kWatched);
  EXPECT_EQ(fcntl(descriptors[0].fd, F_GETFD), -1);  // closed
  EXPECT_TRUE(watch_.NeedsPolling());
}

TEST_F(WatchTest, ATriggerThatFiresIsPressure) {
  WriteOwn("memory.pressure", Psi(100));
  Open(true);
  pollfd descriptors[PressureWatch::kMostDescriptors];
  ASSERT_EQ(watch_.Descriptors(descriptors), 1);
  EXPECT_FALSE(watch_.Collect(descriptors, 1).pressed);
  descriptors[0].revents = POLLPRI;
  EXPECT_TRUE(watch_.Collect(descriptors, 1).pressed);
  EXPECT_EQ(watch_.psi(), WatchState::kWatched);
}

TEST_F(WatchTest, EventsThatCannotBeReadArePolled) {
  WriteOwn("memory.events", "max 30\n");
  Open(true);
  pollfd descriptors[PressureWatch::kMostDescriptors];
  ASSERT_EQ(watch_.Descriptors(descriptors), 2);
  tree_.Remove("/proc/pressure");
  os::FailNth(os::Call::kRead, 1, false);  // ENODEV of a cgroup that is gone
  watch_.Collect(nullptr, 0);
  EXPECT_EQ(watch_.events(), WatchState::kPolled);
  EXPECT_EQ(watch_.Descriptors(descriptors), 1);
}

TEST_F(WatchTest, ADescriptorThatSomebodyClosedIsNotClosedAgain) {
  WriteOwn("memory.events", "max 30\n");
  Open(true);
  pollfd descriptors[PressureWatch::kMostDescriptors];
  ASSERT_EQ(watch_.Descriptors(descriptors), 2);
  for (pollfd& descriptor : descriptors) descriptor.revents = POLLNVAL;
  watch_.Collect(descriptors, 2);
  EXPECT_EQ(watch_.psi(), WatchState::kPolled);
  EXPECT_EQ(watch_.events(), WatchState::kPolled);
  for (int index = 0; index < 2; ++index) {
    EXPECT_GE(fcntl(descriptors[index].fd, F_GETFD), 0);
    close(descriptors[index].fd);
  }
}

TEST_F(WatchTest, V1PollsFailuresWhereThereIsALimit) {
  tree_.Process("4:memory:/a\n0::/a\n", MountV1("/", "/m", "memory") + MountV2("/", "/u"));
  tree_.WriteLevelV1("/m/a", {.limit = "1048576\n"});
  tree_.Write("/m/a/memory.failcnt", "5\n");
  tree_.Write("/u/a/memory.pressure", Psi(1));
  Open(true);
  EXPECT_EQ(watch_.psi_path(), tree_.Path("/u/a/memory.pressure"));
  EXPECT_EQ(watch_.events(), WatchState::kPolled);
  tree_.Write("/m/a/memory.failcnt", "8\n");
  const PressureSigns signs = watch_.Collect(nullptr, 0);
  EXPECT_TRUE(signs.events);
  EXPECT_EQ(signs.delta.max, 3U);
}

TEST_F(WatchTest, V1WithoutALimitHasNothingToPoll) {
  tree_.Process("4:memory:/a\n", MountV1("/", "/m", "memory"));
  tree_.WriteLevelV1("/m/a", {});
  tree_.Write("/m/a/memory.failcnt", "5\n");
  Open(true);
  EXPECT_EQ(watch_.events(), WatchState::kAbsent);
  EXPECT_FALSE(watch_.NeedsPolling());
}

TEST_F(WatchTest, AChildForgetsAndClosesNothing) {
  WriteOwn("memory.events", "max 30\n");
  Open(true);
  pollfd before[PressureWatch::kMostDescriptors];
  ASSERT_EQ(watch_.Descriptors(before), 2);
  watch_.ForgetInChild();
  pollfd after[PressureWatch::kMostDescriptors];
  EXPECT_EQ(watch_.Descriptors(after), 0);
  EXPECT_EQ(watch_.psi(), WatchState::kAbsent);
  for (int index = 0; index < 2; ++index) EXPECT_EQ(close(before[index].fd), 0);
}

}  // namespace
}  // namespace memgov
