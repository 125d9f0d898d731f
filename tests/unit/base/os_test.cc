#include "governor/base/os.h"

#include <errno.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <thread>

#include "unit/child.h"

namespace memgov::os {
namespace {

constexpr int kUntouched = 4711;

TEST(OsTest, FailuresComeAsNegativeNumbersAndErrnoIsKept) {
  errno = kUntouched;
  EXPECT_EQ(OpenReadOnly("/nonexistent/file"), -ENOENT);
  EXPECT_EQ(OpenReadOnly(nullptr), -EFAULT);
  char c = 0;
  EXPECT_EQ(Read(-1, &c, 1), -EBADF);
  EXPECT_EQ(MapAnonymous(SIZE_MAX), nullptr);
  EXPECT_EQ(MapAnonymous(0), nullptr);
  Close(-1);
  EXPECT_EQ(errno, kUntouched);
}

TEST(OsTest, MappedMemoryIsZeroAndWritable) {
  constexpr size_t kBytes = 64 << 10;
  char* at = static_cast<char*>(MapAnonymous(kBytes));
  ASSERT_NE(at, nullptr);
  for (size_t index = 0; index < kBytes; ++index) ASSERT_EQ(at[index], 0);
  at[0] = at[kBytes - 1] = 'x';
  EXPECT_EQ(munmap(at, kBytes), 0);
}

TEST(OsTest, OpenedFilesReadAndDoNotSurviveExec) {
  const int descriptor = OpenReadOnly("/proc/self/comm");
  ASSERT_GE(descriptor, 0);
  EXPECT_EQ(fcntl(descriptor, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
  char text[32];
  EXPECT_GT(Read(descriptor, text, sizeof text), 0);
  Close(descriptor);
  EXPECT_EQ(Read(descriptor, text, sizeof text), -EBADF);
}

TEST(OsTest, ProcessAndThreadIds) {
  EXPECT_EQ(ProcessId(), getpid());
  EXPECT_EQ(ThreadId(), getpid());
  pid_t other = 0;
  std::thread([&] { other = ThreadId(); }).join();
  EXPECT_NE(other, getpid());
  EXPECT_GT(other, 0);
}

TEST(OsTest, ThreadsExistUntilTheyEnd) {
  std::atomic<pid_t> tid{0};
  std::atomic<bool> leave{false};
  std::thread thread([&] {
    tid = ThreadId();
    while (!leave) std::this_thread::yield();
  });
  EXPECT_TRUE(WaitUntil([&] { return tid != 0; }));
  EXPECT_TRUE(ThreadExists(tid));
  leave = true;
  thread.join();
  EXPECT_TRUE(WaitUntil([&] { return !ThreadExists(tid); }));
}

TEST(OsTest, FutexWaitReturnsWhenTheWordIsAnotherOrTimeIsUp) {
  alignas(4) const uint32_t word = 7;
  FutexWait(&word, 8, -1);
  FutexWait(&word, 7, 1000000);
}

TEST(OsTest, FutexWakeEndsAWait) {
  std::atomic<uint32_t> word{0};
  std::thread waiter([&] {
    while (word == 0) FutexWait(reinterpret_cast<const uint32_t*>(&word), 0, -1);
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(2));
  word = 1;
  FutexWake(reinterpret_cast<const uint32_t*>(&word), 1);
  waiter.join();
}

TEST(OsTest, SleepLastsAtLeastAsLongAsAsked) {
  const uint64_t before = NowNanoseconds();
  SleepNanoseconds(3000000);
  EXPECT_GE(NowNanoseconds() - before, 3000000U);
}

TEST(OsTest, MembarrierWorksOnceRegisteredOrSaysWhyNot) {
  const int registered = Membarrier(Barrier::kRegister);
  if (registered == -ENOSYS || registered == -EPERM) GTEST_SKIP() << "no membarrier on this machine";
  EXPECT_EQ(registered, 0);
  EXPECT_EQ(Membarrier(Barrier::kRun), 0);
}

}  // namespace
}  // namespace memgov::os
