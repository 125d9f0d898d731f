// The page heap against its model, with random operations. The heap is the process's: each case has a child.
#include <gtest/gtest.h>

#include "random.h"
#include "shim/arena/page_heap_state.h"
#include "unit/arena/page_heap_model.h"
#include "unit/arena/pattern.h"
#include "unit/child.h"

namespace memgov::arena {
namespace {

constexpr int kOperations = kSanitized ? 100000 : 2000000;
constexpr size_t kMega = 1 << 20;

// What the random steps do, and how much memory they use at most.
struct Mix {
  uint64_t most_pages;
  uint32_t singles_in;       // one large block of this many has a mapping of its own; 0: none
  uint32_t give_back_in;     // one step of this many gives back
  uint32_t most_large_log2;  // bytes of most large blocks
};

class Steps {
 public:
  Steps(uint64_t seed, const Mix& mix) : random_(seed), mix_(mix) {}

  void Run(int count) {
    for (int step = 0; step < count && !testing::Test::HasFailure(); ++step) {
      Step();
      if (step % 64 == 0) model_.CheckFigures();
      if (step % 4096 == 0) Verify();
      if (step % 1024 == 0) Wander();
    }
    Verify();
    model_.CheckContent();
  }

  // All of it goes: nothing is left but dirty pages, and those go back.
  void Finish() {
    while (!model_.spans().empty()) model_.Free(model_.spans().size() - 1);
    model_.CheckFigures();
    EXPECT_EQ(model_.used_pages(), 0U);
    model_.GiveBack(UINT64_MAX);
    EXPECT_EQ(pages::Read().HeldBytes(), 0U);
    const uint64_t metadata = pages::Read().metadata_bytes;
    const uint64_t given_back = pages::GiveBackMetadata();
    EXPECT_EQ(pages::Read().metadata_bytes, metadata - given_back);
    EXPECT_EQ(pages::GiveBackMetadata(), 0U);
    Verify();
  }

 private:
  static void Verify() {
    FutexLockHolder hold(pages::Lock());
    const char* wrong = pages::Verify();
    EXPECT_EQ(wrong, nullptr) << wrong;
  }

  // The size that the heap tends to moves, so that it fills up and empties.
  void Wander() {
    target_pages_ = random_.Below(mix_.most_pages);
    model_.RestartPeak();
  }

  void Step() {
    if (random_.Below(mix_.give_back_in) == 0) return GiveBack();
    if (random_.Below(8) == 0) return Resize();
    const bool grow = random_.Below(100) < (model_.used_pages() < target_pages_ ? 60U : 40U);
    if (!grow || model_.used_pages() > mix_.most_pages) return Free();
    random_.Below(4) == 0 ? Large() : Slab();
  }

  void Slab() {
    const uint32_t size_class = static_cast<uint32_t>(random_.Below(kClasses));
    EXPECT_TRUE(model_.AllocateSlab(size_class, static_cast<uint32_t>(random_.Below(16)), Group()));
  }

  void Large() {
    if (mix_.singles_in != 0 && random_.Below(mix_.singles_in) == 0) {
      const size_t bytes = 32 * kMega + 1 + random_.Below(32 * kMega);
      EXPECT_TRUE(model_.AllocateLarge(bytes, kPageBytes, Group()));
      return;
    }
    const size_t alignment = random_.Below(4) == 0 ? kPageBytes << random_.Below(9) : kPageBytes;
    EXPECT_TRUE(model_.AllocateLarge(LargeSize(), alignment, Group()));
  }

  void Free() {
    if (!model_.spans().empty()) model_.Free(random_.Below(model_.spans().size()));
  }

  void Resize() {
    if (model_.spans().empty()) return;
    const size_t place = random_.Below(model_.spans().size());
    const ModelSpan& span = model_.spans()[place];
    if (span.slab != nullptr) {
      EXPECT_FALSE(pages::ResizeLarge(ChunkOf(span.Block()), span.Block(), 64 << 10));
      return;
    }
    const size_t now = size_t{span.pages} * kPageBytes;
    const size_t near = now - now / 4 + random_.Below(now / 2);
    model_.Resize(place, random_.Below(4) == 0 ? LargeSize() : near);
  }

  void GiveBack() {
    switch (random_.Below(4)) {
      case 0:
        model_.GiveBack(UINT64_MAX);
        break;
      case 1:
        pages::GiveBackMetadata();
        break;
      default:
        model_.GiveBack(random_.Below(64 * kMega));
    }
  }

  size_t LargeSize() { return (32 << 10) + 1 + random_.Size(mix_.most_large_log2); }
  uint32_t Group() { return static_cast<uint32_t>(random_.Below(kMostGroups)); }

  Random random_;
  const Mix mix_;
  PageHeapModel model_;
  uint64_t target_pages_ = 0;
};

void RunSteps(uint64_t seed, const Mix& mix, int operations) {
  const ChildEnd end = RunInChild([&] {
    Steps steps(seed, mix);
    steps.Run(operations);
    steps.Finish();
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST(PageHeapModelTest, MostlySmallSpans) { RunSteps(1, {4096, 0, 2000, 16}, kOperations); }

TEST(PageHeapModelTest, SpansOfAllSizes) { RunSteps(2, {24576, 0, 200, 22}, kOperations / 8); }

TEST(PageHeapModelTest, ManyGiveBacks) { RunSteps(3, {8192, 0, 8, 18}, kOperations / 16); }

TEST(PageHeapModelTest, OverSeveralChunksAndWithMappedBlocks) {
  RunSteps(4, {4 * 65536, 100, 100, 25}, kOperations / 40);
}

// What was given back is not usable, and not charged; it comes back zeroed.
TEST(PageHeapModelTest, WithoutOvercommit) {
  pages::strict_overcommit.store(true);
  RunSteps(5, {8192, 0, 100, 18}, kOperations / 8);
  RunSteps(6, {65536, 100, 20, 24}, kOperations / 40);
  pages::strict_overcommit.store(false);
}

}  // namespace
}  // namespace memgov::arena
