// Giving back, and what happens when the kernel refuses something. Each case has a child.
#include <errno.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include "governor/base/os.h"
#include "shim/arena/page_heap.h"
#include "shim/arena/page_heap_state.h"
#include "unit/arena/pattern.h"
#include "unit/child.h"

namespace memgov::arena {
namespace {

constexpr size_t kMega = 1 << 20;

void InChild(const std::function<void()>& body) {
  const ChildEnd end = RunInChild(body);
  EXPECT_EQ(end.status, 0) << end.error_text;
}

char* Allocate(size_t bytes) {
  bool clean = false;
  return static_cast<char*>(pages::AllocateLarge(bytes, kPageBytes, 0, &clean));
}

void Free(void* block) { EXPECT_TRUE(pages::FreeLarge(ChunkHolding(block), block)); }

const char* Verify() {
  FutexLockHolder hold(pages::Lock());
  return pages::Verify();
}

size_t ResidentPages(const char* block, size_t bytes) {
  std::vector<unsigned char> resident(bytes / kPageBytes);
  EXPECT_EQ(mincore(const_cast<char*>(block), bytes, resident.data()), 0);
  size_t count = 0;
  for (const unsigned char page : resident) count += page & 1;
  return count;
}

TEST(PageHeapReleaseTest, TheMemoryReallyGoes) {
  InChild([] {
    char* block = Allocate(8 * kMega);
    FillPattern(block, 8 * kMega, 1);
    Free(block);
    EXPECT_EQ(ResidentPages(block, 8 * kMega), 2048U);
    EXPECT_EQ(pages::GiveBack(3 * kMega), 3 * kMega);
    EXPECT_EQ(ResidentPages(block, 8 * kMega), 1280U);
    EXPECT_EQ(ResidentPages(block, 5 * kMega), 1280U) << "from the highest address down";
    EXPECT_EQ(pages::GiveBack(UINT64_MAX), 5 * kMega);
    EXPECT_EQ(ResidentPages(block, 8 * kMega), 0U);
    EXPECT_TRUE(IsZero(Allocate(8 * kMega), 8 * kMega));
  });
}

TEST(PageHeapReleaseTest, LessThanAPageIsNothing) {
  InChild([] {
    Free(Allocate(kMega));
    EXPECT_EQ(pages::GiveBack(0), 0U);
    EXPECT_EQ(pages::GiveBack(kPageBytes - 1), 0U);
    EXPECT_EQ(pages::GiveBack(kPageBytes), kPageBytes);
  });
}

// As under mlockall: the pages stay dirty, and a later pass may have more luck.
TEST(PageHeapReleaseTest, PagesThatTheKernelRefusesStayDirty) {
  InChild([] {
    char* block = Allocate(4 * kMega);
    FillPattern(block, 4 * kMega, 1);
    Free(block);
    os::FailNth(os::Call::kMadvise, 2, false);
    EXPECT_EQ(pages::GiveBack(UINT64_MAX), 4 * kMega - (512 << 10)) << "one slice of 512 KiB was refused";
    EXPECT_EQ(pages::Read().dirty_bytes, 512U << 10);
    EXPECT_EQ(pages::Read().limbo_bytes, 0U);
    EXPECT_EQ(Verify(), nullptr);
    EXPECT_EQ(pages::GiveBack(UINT64_MAX), 512U << 10);
    os::FailNth(os::Call::kMadvise, 1, true);
    Free(Allocate(4 * kMega));
    EXPECT_EQ(pages::GiveBack(UINT64_MAX), 0U);
    EXPECT_EQ(pages::Read().dirty_bytes, 4 * kMega);
    EXPECT_EQ(Verify(), nullptr);
  });
}

TEST(PageHeapReleaseTest, MetadataOfFreePagesGoesToo) {
  InChild([] {
    std::vector<SpanHeader*> slabs;
    for (int count = 0; count < 20000; ++count) slabs.push_back(pages::AllocateSlab(0, 0, 0));
    const uint64_t full = pages::Read().metadata_bytes;
    for (SpanHeader* slab : slabs) pages::FreeSlab(slab);
    EXPECT_EQ(pages::GiveBackMetadata(), 0U) << "dirty pages still have theirs";
    pages::GiveBack(UINT64_MAX);
    const uint64_t given_back = pages::GiveBackMetadata();
    EXPECT_GE(given_back, (20000 / 64 - 2) * kPageBytes);
    EXPECT_EQ(pages::Read().metadata_bytes, full - given_back);
    EXPECT_EQ(Verify(), nullptr);
    for (int count = 0; count < 20000; ++count) ASSERT_NE(pages::AllocateSlab(0, 0, 0), nullptr);
    EXPECT_EQ(pages::Read().metadata_bytes, full);
    EXPECT_EQ(Verify(), nullptr);
  });
}

class StrictOvercommitTest : public testing::Test {
 protected:
  StrictOvercommitTest() { pages::strict_overcommit.store(true); }
  ~StrictOvercommitTest() override { pages::strict_overcommit.store(false); }
};

TEST_F(StrictOvercommitTest, GivingBackReturnsTheCharge) {
  InChild([] {
    char* block = Allocate(16 * kMega);
    FillPattern(block, 16 * kMega, 1);
    const uint64_t usable = pages::Read().usable_bytes;
    Free(block);
    EXPECT_EQ(pages::GiveBack(10 * kMega), 10 * kMega);
    EXPECT_EQ(pages::Read().usable_bytes, usable - 10 * kMega);
    EXPECT_EQ(pages::Read().HeldBytes(), 6 * kMega);
    pages::GiveBack(UINT64_MAX);
    EXPECT_EQ(pages::Read().usable_bytes, usable - 16 * kMega);
    EXPECT_EQ(Verify(), nullptr);
    EXPECT_NE(os::Discard(block, kPageBytes), -ENOMEM) << "its addresses are still the heap's";
    EXPECT_EQ(Allocate(16 * kMega), block) << "what was given back is used first";
    EXPECT_TRUE(IsZero(block, 16 * kMega));
    FillPattern(block, 16 * kMega, 2);
    EXPECT_EQ(Verify(), nullptr);
  });
}

TEST_F(StrictOvercommitTest, NoMoreIsMadeUsableThanTwoMegabytesAtATime) {
  InChild([] {
    for (int count = 0; count < 200; ++count) {
      ASSERT_NE(Allocate(kMega / 2), nullptr);
      EXPECT_LE(pages::Read().usable_bytes, pages::Read().HeldBytes() + 2 * kMega);
    }
  });
}

TEST_F(StrictOvercommitTest, ARefusedGiveBackChangesNothing) {
  InChild([] {
    Free(Allocate(4 * kMega));
    const uint64_t usable = pages::Read().usable_bytes;
    os::FailNth(os::Call::kMmap, 1, true);
    EXPECT_EQ(pages::GiveBack(UINT64_MAX), 0U);
    EXPECT_EQ(pages::Read().usable_bytes, usable);
    EXPECT_EQ(pages::Read().dirty_bytes, 4 * kMega);
    EXPECT_EQ(Verify(), nullptr);
  });
}

// Whatever fails, and whenever: refused or served, and the books are right; with the fault gone all works.
TEST(PageHeapFaultTest, EveryNthCallFailingOnceOrForGood) {
  for (const bool strict : {false, true}) {
    for (const os::Call call : {os::Call::kMmap, os::Call::kMprotect, os::Call::kMadvise}) {
      for (uint32_t nth = 1; nth <= 12; ++nth) {
        SCOPED_TRACE(testing::Message() << os::CallName(call) << "@" << nth << (strict ? " strict" : ""));
        InChild([&] {
          pages::strict_overcommit.store(strict);
          os::FailNth(call, nth, nth % 2 == 0);
          std::vector<char*> blocks;
          for (int count = 0; count < 60; ++count) {
            if (char* block = Allocate(count % 10 == 0 ? 40 * kMega : 2 * kMega)) blocks.push_back(block);
            if (count % 3 == 0 && !blocks.empty()) {
              Free(blocks.back());
              blocks.pop_back();
            }
            if (count % 7 == 0) pages::GiveBack(kMega * 3 / 2);
            ASSERT_EQ(Verify(), nullptr);
          }
          os::FailNth(call, 0, false);
          for (char* block : blocks) Free(block);
          EXPECT_NE(Allocate(2 * kMega), nullptr);
          EXPECT_EQ(Verify(), nullptr);
        });
      }
    }
  }
}

uint64_t DataBytes() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.rfind("VmData:", 0) == 0) return std::stoull(line.substr(7)) * 1024;
  }
  return 0;
}

// There is room in the chunk, but the kernel grants no more memory: another chunk would only cost its
// metadata.
TEST(PageHeapFaultTest, ARefusalIsNotAnsweredByMoreChunks) {
  if (kSanitized) GTEST_SKIP() << "a sanitizer's own mappings count for RLIMIT_DATA";
  InChild([] {
    ASSERT_NE(Allocate(kMega), nullptr);
    const pages::Figures before = pages::Read();
    const rlimit limit{DataBytes() + 40 * kMega, RLIM_INFINITY};
    ASSERT_EQ(setrlimit(RLIMIT_DATA, &limit), 0);
    for (int count = 0; count < 10; ++count) EXPECT_EQ(Allocate(100 * kMega), nullptr);
    for (int count = 0; count < 10; ++count) {
      if (Allocate(31 * kMega) == nullptr) break;
    }
    EXPECT_EQ(Allocate(31 * kMega), nullptr);
    EXPECT_EQ(Allocate(31 * kMega), nullptr);
    EXPECT_EQ(pages::Read().reserved_bytes, before.reserved_bytes);
    EXPECT_NE(Allocate(2 * kMega), nullptr) << "less is still to be had";
    EXPECT_EQ(Verify(), nullptr);
  });
}

}  // namespace
}  // namespace memgov::arena
