#include "governor/base/proc_self.h"

#include <errno.h>
#include <gtest/gtest.h>
#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <cstring>
#include <string>
#include <thread>

#include "governor/base/os.h"
#include "unit/child.h"

namespace memgov {
namespace {

constexpr uint64_t kMega = 1 << 20;

// Kernels from 6.2 to 6.15 may be off by 128 KiB per CPU: half of what was touched is far beyond that.
TEST(ResidentMemoryTest, FollowsWhatIsTouchedAndGivenBack) {
  const ResidentMemory before = ReadResidentMemory();
  EXPECT_GT(before.anonymous_bytes, 0U);
  EXPECT_GE(before.total_bytes, before.anonymous_bytes);
  void* block = os::MapAnonymous(32 * kMega);
  ASSERT_NE(block, nullptr);
  std::memset(block, 1, 32 * kMega);
  const ResidentMemory touched = ReadResidentMemory();
  EXPECT_GT(touched.total_bytes, before.total_bytes + 16 * kMega);
  EXPECT_GT(touched.anonymous_bytes, before.anonymous_bytes + 16 * kMega);
  munmap(block, 32 * kMega);
  EXPECT_LT(ReadResidentMemory().anonymous_bytes, touched.anonymous_bytes - 16 * kMega);
}

TEST(ResidentMemoryTest, IsZeroWhereProcCannotBeRead) {
  os::FailNth(os::Call::kOpen, 1, false);
  EXPECT_EQ(ReadResidentMemory().total_bytes, 0U);
  os::FailNth(os::Call::kRead, 1, false);
  EXPECT_EQ(ReadResidentMemory().anonymous_bytes, 0U);
}

TEST(ThreadNameTest, OfAThreadThatHasOne) {
  std::atomic<pid_t> tid{0};
  std::atomic<bool> leave{false};
  std::thread thread([&] {
    pthread_setname_np(pthread_self(), "parse-pool-17");
    tid = os::ThreadId();
    while (!leave) std::this_thread::yield();
  });
  ASSERT_TRUE(WaitUntil([&] { return tid != 0; }));
  char name[32];
  EXPECT_TRUE(ReadThreadName(tid, name, sizeof name));
  EXPECT_STREQ(name, "parse-pool-17");
  char cut[6];
  EXPECT_TRUE(ReadThreadName(tid, cut, sizeof cut));
  EXPECT_STREQ(cut, "parse");
  leave = true;
  thread.join();
  EXPECT_TRUE(WaitUntil([&] { return !ReadThreadName(tid, name, sizeof name); }));
}

TEST(ThreadNameTest, NoneForAThreadThatNeverWas) {
  char name[32];
  EXPECT_FALSE(ReadThreadName(0x7ffffff0, name, sizeof name));
}

class SmallFileTest : public testing::Test {
 protected:
  SmallFileTest() : path_(testing::TempDir() + "memgov_small_file_" + std::to_string(getpid())) {}
  ~SmallFileTest() override { unlink(path_.c_str()); }

  void Write(const std::string& text) {
    FILE* file = fopen(path_.c_str(), "w");
    ASSERT_NE(file, nullptr);
    fputs(text.c_str(), file);
    fclose(file);
  }

  const std::string path_;
  char buffer_[16];
};

TEST_F(SmallFileTest, IsReadWholeOrAsFarAsItFits) {
  Write("200000 100000");
  EXPECT_EQ(ReadSmallFile(path_.c_str(), buffer_, sizeof buffer_), 13);
  EXPECT_STREQ(buffer_, "200000 100000");
  Write("0123456789abcdefgh");
  EXPECT_EQ(ReadSmallFile(path_.c_str(), buffer_, sizeof buffer_), 15);
  EXPECT_STREQ(buffer_, "0123456789abcde");
  Write("");
  EXPECT_EQ(ReadSmallFile(path_.c_str(), buffer_, sizeof buffer_), 0);
  EXPECT_STREQ(buffer_, "");
}

TEST_F(SmallFileTest, ErrorsAreNegativeAndErrnoIsKept) {
  errno = 4711;
  EXPECT_EQ(ReadSmallFile(path_.c_str(), buffer_, sizeof buffer_), -ENOENT);
  EXPECT_EQ(ReadSmallFile("/proc/self", buffer_, sizeof buffer_), -EISDIR);
  os::FailNth(os::Call::kRead, 1, false);
  EXPECT_EQ(ReadSmallFile("/proc/self/comm", buffer_, sizeof buffer_), -EIO);
  EXPECT_EQ(errno, 4711);
}

TEST_F(SmallFileTest, LeavesNoDescriptorOpen) {
  const int before = dup(STDIN_FILENO);
  ASSERT_GE(before, 0);
  close(before);
  for (int round = 0; round < 10; ++round) {
    ReadSmallFile("/proc/self/comm", buffer_, sizeof buffer_);
    os::FailNth(os::Call::kRead, 1, false);
    ReadSmallFile("/proc/self/comm", buffer_, sizeof buffer_);
  }
  const int after = dup(STDIN_FILENO);
  EXPECT_EQ(after, before);
  close(after);
}

}  // namespace
}  // namespace memgov
