#include "shim/arena/page_entry.h"

#include <gtest/gtest.h>

#include <set>

namespace memgov::arena {
namespace {

TEST(PageEntryTest, ZeroIsNothing) {
  EXPECT_EQ(PageEntry().bits(), 0U);
  EXPECT_EQ(PageEntry(0).kind(), PageKind::kNothing);
}

TEST(PageEntryTest, SlabsKeepAllThatWasPutIn) {
  std::set<uint64_t> seen;
  for (uint32_t size_class = 0; size_class < kClasses; ++size_class) {
    for (uint32_t group = 0; group < kMostGroups; ++group) {
      for (uint32_t page = 0; page < kSizeClasses[size_class].pages; ++page) {
        const PageEntry entry = PageEntry::Slab(size_class, group, page);
        ASSERT_EQ(entry.kind(), PageKind::kSlab);
        ASSERT_EQ(entry.size_class(), size_class);
        ASSERT_EQ(entry.group(), group);
        ASSERT_EQ(entry.pages_to_end(), kSizeClasses[size_class].pages - page);
        ASSERT_EQ(entry.line(), kSizeClasses[size_class].line);
        ASSERT_EQ(PageEntry(entry.bits()).bits(), entry.bits());
        ASSERT_TRUE(seen.insert(entry.bits()).second);
      }
    }
  }
}

TEST(PageEntryTest, LargeBlocksKeepTheirGroup) {
  for (uint32_t group = 0; group < kMostGroups; ++group) {
    EXPECT_EQ(PageEntry::Large(group).kind(), PageKind::kLarge);
    EXPECT_EQ(PageEntry::Large(group).group(), group);
    EXPECT_NE(PageEntry::Large(group).bits(), 0U);
  }
}

// Blocks are counted from the slab's end, so that the rest that is none lies before the first of them: a
// block begins at each multiple of the class's size before the end, and nowhere else.
TEST(PageEntryTest, BlocksBeginWhereTheyBegin) {
  constexpr uintptr_t kBase = uintptr_t{5} << 40;
  for (uint32_t size_class = 0; size_class < kClasses; ++size_class) {
    const SizeClass& made = kSizeClasses[size_class];
    const uint32_t bytes = made.pages * static_cast<uint32_t>(kPageBytes);
    uint32_t blocks = 0;
    for (uint32_t offset = 0; offset < bytes; ++offset) {
      const PageEntry entry = PageEntry::Slab(size_class, 3, offset / static_cast<uint32_t>(kPageBytes));
      const bool begins = (bytes - offset) % made.bytes == 0;
      ASSERT_EQ(entry.BytesToEnd(kBase + offset), bytes - offset) << made.bytes;
      ASSERT_EQ(entry.IsBlock(kBase + offset), begins) << made.bytes << " at " << offset;
      if (!begins) continue;
      ASSERT_EQ(entry.BlockIndex(kBase + offset), (bytes - offset) / made.bytes - 1) << made.bytes;
      ++blocks;
    }
    EXPECT_EQ(blocks, made.blocks) << made.bytes;
  }
}

}  // namespace
}  // namespace memgov::arena
