// MEMGOV_FAIL's seam: governor/base/os.h, FailNth and ArmFault.
#include <errno.h>
#include <gtest/gtest.h>
#include <sys/mman.h>

#include <atomic>
#include <string>

#include "governor/base/os.h"
#include "unit/threads.h"

namespace memgov::os {
namespace {

constexpr int kCalls = static_cast<int>(Call::kCount);

class FaultTest : public testing::Test {
 protected:
  FaultTest() { Heal(); }
  ~FaultTest() override { Heal(); }

  static void Heal() {
    for (int index = 0; index < kCalls; ++index) FailNth(static_cast<Call>(index), 0, false);
  }
  // "0010": the third of four fails.
  static std::string Fires(Call call, int times) {
    std::string fired;
    for (int count = 0; count < times; ++count) fired += FaultFires(call) ? '1' : '0';
    return fired;
  }
};

TEST_F(FaultTest, EveryCallHasItsName) {
  constexpr const char* kNames[] = {"mmap",           "mprotect", "madvise", "membarrier",
                                    "pthread_create", "open",     "read"};
  static_assert(std::size(kNames) == kCalls);
  for (int index = 0; index < kCalls; ++index) {
    EXPECT_STREQ(CallName(static_cast<Call>(index)), kNames[index]);
  }
  EXPECT_EQ(CallName(Call::kCount), nullptr);
}

TEST_F(FaultTest, NothingFailsUntilArmed) {
  for (int index = 0; index < kCalls; ++index) EXPECT_EQ(Fires(static_cast<Call>(index), 3), "000");
}

TEST_F(FaultTest, TheNthFailsOnceAndForItsCallOnly) {
  FailNth(Call::kMadvise, 3, false);
  EXPECT_EQ(Fires(Call::kMmap, 4), "0000");
  EXPECT_EQ(Fires(Call::kMadvise, 6), "001000");
}

TEST_F(FaultTest, OnwardNeverHealsByItself) {
  FailNth(Call::kOpen, 2, true);
  EXPECT_EQ(Fires(Call::kOpen, 5), "01111");
  FailNth(Call::kOpen, 0, false);
  EXPECT_EQ(Fires(Call::kOpen, 3), "000");
}

TEST_F(FaultTest, ArmFaultKnowsEveryName) {
  for (int index = 0; index < kCalls; ++index) {
    const Call call = static_cast<Call>(index);
    const std::string name = CallName(call);
    ASSERT_TRUE(ArmFault((name + "@2").c_str())) << name;
    EXPECT_EQ(Fires(call, 4), "0100") << name;
    ASSERT_TRUE(ArmFault((name + "@2+").c_str())) << name;
    EXPECT_EQ(Fires(call, 4), "0111") << name;
  }
}

TEST_F(FaultTest, ArmFaultRefusesWhatItCannotRead) {
  constexpr const char* kBad[] = {"",
                                  "mmap",
                                  "mmap@",
                                  "mmap@0",
                                  "mmap@0+",
                                  "mmap@x",
                                  "mmap@1x",
                                  "mmap@+",
                                  "mmap@1++",
                                  "mmap@-1",
                                  "mmap@ 1",
                                  "mmap@1 ",
                                  " mmap@1",
                                  "MMAP@1",
                                  "map@1",
                                  "munmap@1",
                                  "mmap@4294967296",
                                  "@1",
                                  "mmap1",
                                  "mmap@@1",
                                  "mmap@1+1",
                                  "mmap2@1",
                                  "mmap@99999999999999999999"};
  for (const char* bad : kBad) {
    EXPECT_FALSE(ArmFault(bad)) << bad;
    for (int index = 0; index < kCalls; ++index) EXPECT_EQ(Fires(static_cast<Call>(index), 2), "00") << bad;
  }
  EXPECT_TRUE(ArmFault("mmap@4294967295"));
}

TEST_F(FaultTest, TheWrappersFailAsTheirCallsWould) {
  FailNth(Call::kMmap, 1, false);
  EXPECT_EQ(MapAnonymous(4096), nullptr);
  FailNth(Call::kOpen, 1, false);
  EXPECT_EQ(OpenReadOnly("/proc/self/statm"), -EMFILE);
  FailNth(Call::kMembarrier, 1, false);
  EXPECT_EQ(Membarrier(Barrier::kRun), -EPERM);

  const int descriptor = OpenReadOnly("/proc/self/statm");
  ASSERT_GE(descriptor, 0);
  char c = 0;
  FailNth(Call::kRead, 1, false);
  EXPECT_EQ(Read(descriptor, &c, 1), -EIO);
  EXPECT_EQ(Read(descriptor, &c, 1), 1);
  Close(descriptor);
}

TEST_F(FaultTest, ExactlyOneOfManyThreadsMeetsIt) {
  constexpr int kThreads = 8;
  constexpr int kCallsEach = 5000;
  for (uint32_t nth : {1U, 17U, 20000U, 40000U}) {
    std::atomic<int> fired{0};
    FailNth(Call::kMprotect, nth, false);
    RunOnThreads(kThreads, [&](int) {
      for (int count = 0; count < kCallsEach; ++count) fired += FaultFires(Call::kMprotect);
    });
    EXPECT_EQ(fired, 1) << nth;
    FailNth(Call::kMprotect, nth, true);
    fired = 0;
    RunOnThreads(kThreads, [&](int) {
      for (int count = 0; count < kCallsEach; ++count) fired += FaultFires(Call::kMprotect);
    });
    EXPECT_EQ(fired, kThreads * kCallsEach - static_cast<int>(nth) + 1) << nth;
  }
}

}  // namespace
}  // namespace memgov::os
