// governor/base/os.h: reserving, committing and giving back address space.
#include <errno.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "governor/base/os.h"
#include "unit/child.h"

namespace memgov::os {
namespace {

constexpr size_t kPage = 4096;
constexpr size_t kBytes = 64 * kPage;

class OsMemoryTest : public testing::Test {
 protected:
  OsMemoryTest() : at_(static_cast<char*>(Reserve(nullptr, kBytes))) {}
  ~OsMemoryTest() override {
    for (const Call call : {Call::kMmap, Call::kMprotect, Call::kMadvise, Call::kMembarrier}) {
      FailNth(call, 0, false);
    }
    if (at_ != nullptr) Unmap(at_, kBytes);
  }

  static bool IsZero(const char* at, size_t bytes) {
    return std::all_of(at, at + bytes, [](char c) { return c == 0; });
  }
  static size_t ResidentPages(char* at, size_t bytes) {
    std::vector<unsigned char> resident(bytes / kPage);
    EXPECT_EQ(mincore(at, bytes, resident.data()), 0);
    return static_cast<size_t>(std::count_if(resident.begin(), resident.end(), [](int c) { return c & 1; }));
  }
  // Does it end a process to write there?
  static bool IsWritable(char* at) {
    return RunInChild([at] { *const_cast<volatile char*>(at) = 1; }).status == 0;
  }

  char* at_;
};

TEST_F(OsMemoryTest, ReservedIsNotWritableUntilItIsCommitted) {
  ASSERT_NE(at_, nullptr);
  EXPECT_FALSE(IsWritable(at_));
  EXPECT_EQ(Commit(at_ + kPage, 2 * kPage), 0);
  EXPECT_FALSE(IsWritable(at_));
  EXPECT_TRUE(IsWritable(at_ + kPage));
  EXPECT_TRUE(IsWritable(at_ + 3 * kPage - 1));
  EXPECT_FALSE(IsWritable(at_ + 3 * kPage));
  EXPECT_TRUE(IsZero(at_ + kPage, 2 * kPage));
}

TEST_F(OsMemoryTest, AHintIsThatPlaceOrNothing) {
  EXPECT_EQ(Reserve(at_, kPage), nullptr) << "taken";
  EXPECT_EQ(Reserve(at_ + kPage, 2 * kBytes), nullptr) << "taken in part";
  Unmap(at_ + kPage, 2 * kPage);
  EXPECT_EQ(Reserve(at_ + kPage, 2 * kPage), at_ + kPage);
  EXPECT_FALSE(IsWritable(at_ + kPage));
  EXPECT_EQ(Reserve(reinterpret_cast<void*>(uintptr_t{1} << 62), kPage), nullptr) << "nobody's address";
}

TEST_F(OsMemoryTest, DiscardedPagesAreZeroAndStayWritable) {
  ASSERT_EQ(Commit(at_, kBytes), 0);
  std::memset(at_, 1, kBytes);
  EXPECT_EQ(Discard(at_ + kPage, 10 * kPage), 0);
  EXPECT_EQ(ResidentPages(at_, kBytes), 54U);
  EXPECT_TRUE(IsZero(at_ + kPage, 10 * kPage));
  EXPECT_EQ(at_[0], 1);
  EXPECT_EQ(at_[11 * kPage], 1);
  at_[kPage] = 1;
}

TEST_F(OsMemoryTest, DecommittedPagesAreAsReserveMadeThem) {
  ASSERT_EQ(Commit(at_, kBytes), 0);
  std::memset(at_, 1, kBytes);
  EXPECT_EQ(Decommit(at_ + kPage, 10 * kPage), 0);
  EXPECT_FALSE(IsWritable(at_ + kPage));
  EXPECT_EQ(at_[0], 1);
  EXPECT_EQ(at_[11 * kPage], 1);
  EXPECT_EQ(Reserve(at_ + kPage, kPage), nullptr) << "its addresses are still taken";
  EXPECT_EQ(Commit(at_ + kPage, 10 * kPage), 0);
  EXPECT_TRUE(IsZero(at_ + kPage, 10 * kPage));
}

TEST_F(OsMemoryTest, AMappingIsResizedWhereItIsOrNotAtAll) {
  ASSERT_EQ(Commit(at_, kBytes), 0);
  at_[0] = 'x';
  EXPECT_EQ(ResizeMapping(at_, kBytes, 16 * kPage), 0);
  EXPECT_EQ(Reserve(at_ + 16 * kPage, kPage), at_ + 16 * kPage) << "the rest is free again";
  EXPECT_EQ(ResizeMapping(at_, 16 * kPage, 32 * kPage), -ENOMEM) << "something is behind it";
  Unmap(at_ + 16 * kPage, kPage);
  EXPECT_EQ(ResizeMapping(at_, 16 * kPage, 32 * kPage), 0);
  EXPECT_TRUE(IsZero(at_ + 16 * kPage, 16 * kPage));
  EXPECT_EQ(at_[0], 'x');
}

TEST_F(OsMemoryTest, FailuresAreNegativeNumbers) {
  Unmap(at_ + kPage, kPage);
  EXPECT_EQ(Commit(at_ + kPage, kPage), -ENOMEM);
  EXPECT_EQ(Discard(at_ + kPage, kPage), -ENOMEM);
  EXPECT_EQ(Discard(at_ + 1, kPage), -EINVAL);
  EXPECT_EQ(Decommit(at_ + 1, kPage), -EINVAL);
  EXPECT_EQ(ResizeMapping(at_ + 1, kPage, 2 * kPage), -EINVAL);
  EXPECT_EQ(Reserve(nullptr, SIZE_MAX & ~(kPage - 1)), nullptr);
}

TEST_F(OsMemoryTest, EachFailsByItsNameInTheSeam) {
  ASSERT_EQ(Commit(at_, kBytes), 0);
  std::memset(at_, 1, kBytes);
  ASSERT_TRUE(ArmFault("mmap@1+"));
  EXPECT_EQ(Reserve(nullptr, kPage), nullptr);
  EXPECT_EQ(Decommit(at_, kPage), -ENOMEM);
  EXPECT_EQ(ResizeMapping(at_, kBytes, kPage), -ENOMEM);
  ASSERT_TRUE(ArmFault("mprotect@1"));
  EXPECT_EQ(Commit(at_, kPage), -ENOMEM);
  ASSERT_TRUE(ArmFault("madvise@1"));
  EXPECT_EQ(Discard(at_, kPage), -EINVAL);
  EXPECT_FALSE(IsZero(at_, kPage)) << "nothing was done";
  EXPECT_EQ(Discard(at_, kPage), 0);
}

TEST(OsAddressSpaceTest, TheLimitIsTheProcesss) {
  const ChildEnd end = RunInChild([] {
    rlimit limit{};
    ASSERT_EQ(getrlimit(RLIMIT_AS, &limit), 0);
    EXPECT_EQ(AddressSpaceLimit(), limit.rlim_cur == RLIM_INFINITY ? UINT64_MAX : limit.rlim_cur);
    limit.rlim_cur = uint64_t{64} << 40;
    if (limit.rlim_max < limit.rlim_cur) return;
    ASSERT_EQ(setrlimit(RLIMIT_AS, &limit), 0);
    EXPECT_EQ(AddressSpaceLimit(), uint64_t{64} << 40);
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST(OsBarrierTest, RestartsOnceRegisteredOrSaysWhyNot) {
  const int registered = Membarrier(Barrier::kRegisterRestart);
  if (registered < 0) GTEST_SKIP() << "no membarrier for restartable sequences here: " << -registered;
  EXPECT_EQ(Membarrier(Barrier::kRestart), 0);
  FailNth(Call::kMembarrier, 1, false);
  EXPECT_EQ(Membarrier(Barrier::kRestart), -EPERM);
  EXPECT_EQ(Membarrier(Barrier::kRestart), 0);
}

}  // namespace
}  // namespace memgov::os
