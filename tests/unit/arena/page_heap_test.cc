// The page heap, one promise after the other. It is the process's: each case has a child.
#include "shim/arena/page_heap.h"

#include <gtest/gtest.h>

#include <functional>
#include <vector>

#include "governor/base/os.h"
#include "shim/arena/page_heap_state.h"
#include "unit/arena/pattern.h"
#include "unit/child.h"

namespace memgov::arena {
namespace {

constexpr size_t kMega = 1 << 20;
constexpr size_t kGiga = 1 << 30;

void InChild(const std::function<void()>& body) {
  const ChildEnd end = RunInChild(body);
  EXPECT_EQ(end.status, 0) << end.error_text;
}

char* Allocate(size_t bytes, size_t alignment = kPageBytes, bool* clean = nullptr) {
  bool known = false;
  return static_cast<char*>(pages::AllocateLarge(bytes, alignment, 0, clean != nullptr ? clean : &known));
}

void Free(void* block) { EXPECT_TRUE(pages::FreeLarge(ChunkHolding(block), block)); }

const char* Verify() {
  FutexLockHolder hold(pages::Lock());
  return pages::Verify();
}

int Chunks() {
  int count = 0;
  for (const Chunk* chunk = pages::FirstChunk(); chunk != nullptr; chunk = chunk->next) ++count;
  return count;
}

TEST(PageHeapTest, FreshPagesAreCleanAndUsedOnesAreNot) {
  InChild([] {
    bool clean = false;
    char* block = Allocate(100 * kPageBytes, kPageBytes, &clean);
    EXPECT_TRUE(clean);
    EXPECT_TRUE(IsZero(block, 100 * kPageBytes));
    Free(block);
    EXPECT_EQ(Allocate(50 * kPageBytes, kPageBytes, &clean), block);
    EXPECT_FALSE(clean);
  });
}

TEST(PageHeapTest, DirtyPagesGoFirst) {
  InChild([] {
    char* first = Allocate(64 * kPageBytes);
    char* second = Allocate(64 * kPageBytes);
    Allocate(64 * kPageBytes);
    Free(first);
    EXPECT_EQ(pages::GiveBack(UINT64_MAX), 64 * kPageBytes);
    Free(second);
    EXPECT_EQ(Allocate(64 * kPageBytes), second) << "the lower pages are clean, and stay so";
    EXPECT_EQ(Allocate(64 * kPageBytes), first);
  });
}

TEST(PageHeapTest, FreeSaysWhetherItWasABlock) {
  InChild([] {
    char* block = Allocate(40 << 10);
    char* single = Allocate(40 * kMega);
    SpanHeader* slab = pages::AllocateSlab(3, 0, 0);
    for (char* wrong : {block + kPageBytes, block + 16, block - kPageBytes, single + kPageBytes, single + 8,
                        reinterpret_cast<char*>(slab->address)}) {
      EXPECT_FALSE(pages::FreeLarge(ChunkHolding(wrong), wrong));
      EXPECT_EQ(pages::LargeBytes(ChunkHolding(wrong), wrong), 0U);
      EXPECT_FALSE(pages::ResizeLarge(ChunkHolding(wrong), wrong, 64 << 10));
    }
    Free(block);
    EXPECT_FALSE(pages::FreeLarge(ChunkHolding(block), block));
    EXPECT_EQ(Verify(), nullptr);
  });
}

TEST(PageHeapTest, SizesThatNoMachineHasAreRefused) {
  InChild([] {
    for (const size_t bytes :
         {size_t{1} << 44, size_t{1} << 47, size_t{PTRDIFF_MAX}, SIZE_MAX - 1, SIZE_MAX}) {
      EXPECT_EQ(Allocate(bytes), nullptr) << bytes;
    }
    EXPECT_EQ(pages::Read().UsedBytes(), 0U);
    EXPECT_EQ(pages::Read().allocations, 0U);
    EXPECT_EQ(Verify(), nullptr);
  });
}

TEST(PageHeapTest, EveryAlignmentUpToAGigabyte) {
  InChild([] {
    std::vector<char*> blocks;
    for (size_t alignment = 16; alignment <= kGiga; alignment *= 2) {
      for (const size_t bytes : {size_t{1}, kPageBytes, 3 * kMega, 33 * kMega}) {
        char* block = Allocate(bytes, alignment);
        ASSERT_NE(block, nullptr) << bytes << " on " << alignment;
        EXPECT_EQ(reinterpret_cast<uintptr_t>(block) % alignment, 0U);
        EXPECT_GE(pages::LargeBytes(ChunkHolding(block), block), bytes);
        FillPattern(block, bytes < kPageBytes ? bytes : kPageBytes, alignment);
        blocks.push_back(block);
      }
    }
    EXPECT_EQ(Verify(), nullptr);
    for (char* block : blocks) Free(block);
    EXPECT_EQ(pages::Read().UsedBytes(), 0U);
  });
}

// More than the heap serves is refused, or served as asked: never a block that is not aligned.
TEST(PageHeapTest, AlignmentsBeyondAGigabyte) {
  InChild([] {
    for (size_t alignment = 2 * kGiga; alignment != 0; alignment *= 2) {
      char* block = Allocate(kPageBytes, alignment);
      if (block == nullptr) continue;
      EXPECT_EQ(reinterpret_cast<uintptr_t>(block) % alignment, 0U);
      block[0] = 1;
      Free(block);
    }
    EXPECT_EQ(Allocate(kPageBytes, size_t{1} << 46), nullptr);
    EXPECT_EQ(pages::Read().UsedBytes(), 0U);
  });
}

TEST(PageHeapTest, BlocksWithAMappingOfTheirOwnLeaveNothing) {
  InChild([] {
    const pages::Figures before = pages::Read();
    bool clean = false;
    char* block = Allocate(3 * kGiga, kPageBytes, &clean);
    ASSERT_NE(block, nullptr);
    EXPECT_TRUE(clean);
    EXPECT_EQ(pages::Read().large_bytes, 3 * kGiga);
    for (size_t at = 0; at < 3 * kGiga; at += kGiga) {
      EXPECT_EQ(ChunkHolding(block + at), ChunkHolding(block));
      block[at] = 1;
    }
    Free(block);
    const pages::Figures after = pages::Read();
    EXPECT_EQ(after.reserved_bytes, before.reserved_bytes);
    EXPECT_EQ(after.usable_bytes, before.usable_bytes);
    EXPECT_EQ(after.metadata_bytes, before.metadata_bytes);
    EXPECT_EQ(after.HeldBytes(), 0U);
    EXPECT_EQ(ChunkHolding(block), nullptr);
    EXPECT_EQ(ChunkHolding(block + 2 * kGiga), nullptr);
  });
}

TEST(PageHeapTest, MappedBlocksGrowAndShrinkWhereTheyAre) {
  InChild([] {
    char* block = Allocate(64 * kMega);
    FillPattern(block, 48 * kMega, 1);
    ASSERT_TRUE(pages::ResizeLarge(ChunkHolding(block), block, 48 * kMega));
    EXPECT_EQ(pages::Read().large_bytes, 48 * kMega);
    if (pages::ResizeLarge(ChunkHolding(block), block, 100 * kMega)) {
      EXPECT_EQ(pages::LargeBytes(ChunkHolding(block), block), 100 * kMega);
      EXPECT_TRUE(IsZero(block + 48 * kMega, 52 * kMega)) << "what comes behind is fresh";
    }
    EXPECT_TRUE(HasPattern(block, 48 * kMega, 1));
    EXPECT_FALSE(pages::ResizeLarge(ChunkHolding(block), block, 4 * kMega)) << "moves back into a chunk";
    EXPECT_FALSE(pages::ResizeLarge(ChunkHolding(block), block, SIZE_MAX));
    EXPECT_EQ(Verify(), nullptr);
    Free(block);
    EXPECT_EQ(pages::Read().usable_bytes, pages::Read().HeldBytes());
  });
}

TEST(PageHeapTest, GrowsInStepsThatDouble) {
  InChild([] {
    std::vector<uint64_t> steps;
    uint64_t usable = 0;
    for (int count = 0; count < 300; ++count) {
      ASSERT_NE(Allocate(kMega / 2), nullptr);
      const uint64_t now = pages::Read().usable_bytes;
      if (now != usable) steps.push_back((now - usable) / kMega);
      usable = now;
    }
    EXPECT_EQ(steps, (std::vector<uint64_t>{2, 4, 8, 16, 32, 64, 64}));
  });
}

TEST(PageHeapTest, AFullChunkIsFollowedByAnother) {
  InChild([] {
    std::vector<char*> blocks;
    for (int count = 0; count < 30; ++count) {
      blocks.push_back(Allocate(30 * kMega));
      ASSERT_NE(blocks.back(), nullptr);
      blocks.back()[0] = 'x';
    }
    EXPECT_GE(Chunks(), 4);
    EXPECT_EQ(pages::Read().large_bytes, 900 * kMega);
    EXPECT_EQ(Verify(), nullptr);
    const uint64_t reserved = pages::Read().reserved_bytes;
    for (char* block : blocks) Free(block);
    EXPECT_EQ(pages::GiveBack(UINT64_MAX), 900 * kMega) << "from all chunks";
    for (char*& block : blocks) block = Allocate(30 * kMega);
    EXPECT_EQ(pages::Read().reserved_bytes, reserved) << "used again, not added to";
  });
}

TEST(PageHeapTest, RefaultsAreGivenBackPagesHandedOutAgainSoon) {
  InChild([] {
    char* block = Allocate(100 * kPageBytes);
    Free(block);
    pages::GiveBack(UINT64_MAX);
    Free(Allocate(60 * kPageBytes));
    EXPECT_EQ(pages::Read().refaulted_bytes, 0U) << "nobody said that it was recent";
    pages::GiveBack(UINT64_MAX);
    pages::NoteRecentGiveBack(true);
    block = Allocate(60 * kPageBytes);
    EXPECT_EQ(pages::Read().refaulted_bytes, 60 * kPageBytes);
    Free(block);
    block = Allocate(60 * kPageBytes);
    EXPECT_EQ(pages::Read().refaulted_bytes, 60 * kPageBytes) << "dirty pages are no refaults";
    Allocate(60 * kPageBytes);
    EXPECT_EQ(pages::Read().refaulted_bytes, 100 * kPageBytes) << "nor are 20 that were never in use";
    pages::NoteRecentGiveBack(false);
    Free(block);
    pages::GiveBack(UINT64_MAX);
    Allocate(60 * kPageBytes);
    EXPECT_EQ(pages::Read().refaulted_bytes, 100 * kPageBytes);
  });
}

TEST(PageHeapTest, ThePeakStartsAgainFromWhatIsUsed) {
  InChild([] {
    char* block = Allocate(10 * kMega);
    Allocate(kMega);
    Free(block);
    EXPECT_EQ(pages::Read().peak_used_bytes, 11 * kMega);
    EXPECT_EQ(pages::ReadAndRestartPeak().peak_used_bytes, 11 * kMega);
    EXPECT_EQ(pages::Read().peak_used_bytes, kMega);
    Allocate(kMega);
    EXPECT_EQ(pages::Read().peak_used_bytes, 2 * kMega);
  });
}

}  // namespace
}  // namespace memgov::arena
