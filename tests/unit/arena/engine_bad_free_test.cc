// Frees of what is no block: named, counted, and without an effect. Each case has a child.
#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>

#include <algorithm>

#include <functional>
#include <string>
#include <vector>

#include "governor/config/options.h"
#include "shim/arena/arena_engine.h"
#include "shim/arena/bad_free.h"
#include "unit/arena/pattern.h"
#include "unit/child.h"

namespace memgov::arena {
namespace {

constexpr size_t kMega = 1 << 20;

void Free(void* block) {
  if (!ArenaEngine::TryFree(block)) ArenaEngine::Free(block);
}

ChildEnd Counting(const std::function<void()>& body, const char* slots = "auto") {
  return RunInChild([&] {
    ASSERT_TRUE(options::Set(Option::kOnBadFree, "count"));
    ASSERT_TRUE(options::Set(Option::kSlots, slots));
    ArenaEngine::Start();
    body();
    const char* wrong = ArenaEngine::Verify();
    EXPECT_EQ(wrong, nullptr) << wrong;
  });
}

void Expect(const ChildEnd& end, const char* sentence) {
  EXPECT_EQ(end.status, 0) << end.error_text;
  EXPECT_NE(end.error_text.find(sentence), std::string::npos) << end.error_text;
}

// Frees each of these and looks whether it was counted, and left everything as it was.
void ExpectBad(const std::vector<char*>& wrong) {
  uint64_t expected = BadFrees();
  for (char* each : wrong) {
    Free(each);
    EXPECT_EQ(BadFrees(), ++expected) << static_cast<void*>(each);
  }
}

TEST(EngineBadFreeTest, InsideASmallBlock) {
  Expect(Counting([] {
           char* block = static_cast<char*>(ArenaEngine::Allocate(1000));
           FillPattern(block, 1000, 1);
           ExpectBad({block + 1, block + 8, block + 16, block + 512, block + 999});
           EXPECT_EQ(ArenaEngine::Resize(block + 16, 2000), nullptr);
           EXPECT_EQ(BadFrees(), 6U);
           EXPECT_TRUE(HasPattern(block, 1000, 1));
         }),
         "inside a block, not at its begin; ignored");
}

// What the blocks of a slab leave of it lies before the first one, and is nobody's.
TEST(EngineBadFreeTest, TheRestOfASlab) {
  Expect(Counting([] {
           for (const SizeClass& made : kSizeClasses) {
             const size_t rest = made.pages * kPageBytes - made.blocks * made.bytes;
             if (rest == 0) continue;
             const uintptr_t block = reinterpret_cast<uintptr_t>(ArenaEngine::Allocate(made.bytes));
             const PageEntry entry = ChunkOf(reinterpret_cast<void*>(block))->EntryOf(block);
             const uintptr_t slab =
                 (block & ~(kPageBytes - 1)) -
                 (kSizeClasses[entry.size_class()].pages - entry.pages_to_end()) * kPageBytes;
             ExpectBad({reinterpret_cast<char*>(slab), reinterpret_cast<char*>(slab + rest - 16)});
           }
         }),
         "not at its begin; ignored");
}

TEST(EngineBadFreeTest, InsideALargeBlock) {
  Expect(Counting([] {
           char* block = static_cast<char*>(ArenaEngine::Allocate(kMega));
           char* single = static_cast<char*>(ArenaEngine::Allocate(40 * kMega));
           ExpectBad({block + 16, block + kPageBytes, block + kMega - kPageBytes, single + 16,
                      single + kPageBytes, single + 39 * kMega});
           block[0] = block[kMega - 1] = single[0] = single[40 * kMega - 1] = 1;
         }),
         "inside a block, not at its begin; ignored");
}

TEST(EngineBadFreeTest, FreePagesAndWhatIsMemgovsOwn) {
  Expect(Counting([] {
           char* block = static_cast<char*>(ArenaEngine::Allocate(kMega));
           char* behind = static_cast<char*>(ArenaEngine::Allocate(kMega));
           Free(behind);
           ExpectBad({behind, behind + 64, behind + kPageBytes, reinterpret_cast<char*>(ChunkOf(block)) + 64,
                      reinterpret_cast<char*>(ChunkOf(block)) + kPageBytes});
         }),
         "memory of memgov's, but no block that is in use; ignored");
}

TEST(EngineBadFreeTest, DoubleFreesAreFoundAtOnceWithoutSlots) {
  Expect(Counting(
             [] {
               for (const size_t size : {16U, 100U, 5000U, 30000U}) {
                 void* other = ArenaEngine::Allocate(size);
                 void* block = ArenaEngine::Allocate(size);
                 Free(block);
                 ExpectBad({static_cast<char*>(block)});
                 EXPECT_NE(ArenaEngine::Allocate(size), other);
               }
             },
             "off"),
         "freed before (double free); ignored");
}

TEST(EngineBadFreeTest, DoubleFreesAreFoundWhenTheSlotIsEmptied) {
  for (const char* slots : {"auto", "portable"}) {
    const ChildEnd end = Counting(
        [] {
          void* keep = ArenaEngine::Allocate(100);
          void* block = ArenaEngine::Allocate(100);
          Free(block);
          Free(block);
          slots::Drain(false);
          EXPECT_EQ(BadFrees(), 1U);
          Free(keep);
        },
        slots);
    Expect(end, "freed before (double free); ignored");
  }
}

// Ten lines, then only the count.
TEST(EngineBadFreeTest, TheLinesEnd) {
  const ChildEnd end = Counting([] {
    char* block = static_cast<char*>(ArenaEngine::Allocate(100));
    for (int count = 0; count < 100; ++count) Free(block + 1);
    EXPECT_EQ(BadFrees(), 100U);
  });
  EXPECT_EQ(end.status, 0);
  EXPECT_EQ(std::count(end.error_text.begin(), end.error_text.end(), '\n'), 10);
}

TEST(EngineBadFreeTest, ByDefaultTheProgramEnds) {
  const ChildEnd end = RunInChild([] {
    ArenaEngine::Start();
    char* block = static_cast<char*>(ArenaEngine::Allocate(100));
    Free(block + 4);
  });
  EXPECT_EQ(end.status, 128 + SIGABRT);
  EXPECT_NE(end.error_text.find("aborting (MEMGOV_ON_BAD_FREE=count goes on)"), std::string::npos)
      << end.error_text;
}

// Blocks from before memgov: they go to the allocator that they came from.
TEST(EngineBadFreeTest, BlocksOfOthersGoToTheNextAllocator) {
  const ChildEnd end = Counting([] {
    char* block = static_cast<char*>(malloc(100));
    FillPattern(block, 96, 1);
    EXPECT_GE(ArenaEngine::UsableSize(block), 100U);
    char* larger = static_cast<char*>(ArenaEngine::Resize(block, 100000));
    EXPECT_TRUE(HasPattern(larger, 96, 1));
    Free(larger);
    EngineFigures figures;
    ArenaEngine::Describe(&figures);
    EXPECT_EQ(figures.foreign_frees, 1U);
    EXPECT_EQ(figures.bad_frees, 0U);
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
  EXPECT_EQ(end.error_text, "");
}

}  // namespace
}  // namespace memgov::arena
