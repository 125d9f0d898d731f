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
  std::set<uint32_t> seen;
  for (uint32_t size_class = 0; size_class < kClasses; ++size_class) {
    for (uint32_t group = 0; group < kMostGroups; ++group) {
      for (uint32_t page = 0; page < kSizeClasses[size_class].pages; ++page) {
        const PageEntry entry = PageEntry::Slab(size_class, group, page);
        ASSERT_EQ(entry.kind(), PageKind::kSlab);
        ASSERT_EQ(entry.size_class(), size_class);
        ASSERT_EQ(entry.group(), group);
        ASSERT_EQ(entry.page_in_slab(), page);
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

// A block begins at each multiple of the class's size, and nowhere else: not in the rest behind the last one.
TEST(PageEntryTest, BlocksBeginWhereTheyBegin) {
  constexpr uintptr_t kBase = uintptr_t{5} << 40;
  for (uint32_t size_class = 0; size_class < kClasses; ++size_class) {
    const SizeClass& made = kSizeClasses[size_class];
    for (uint32_t offset = 0; offset < made.pages * kPageBytes; ++offset) {
      const PageEntry entry = PageEntry::Slab(size_class, 3, offset / static_cast<uint32_t>(kPageBytes));
      ASSERT_EQ(entry.OffsetInSlab(kBase + offset), offset) << made.bytes;
      const bool begins = offset % made.bytes == 0 && offset / made.bytes < made.blocks;
      ASSERT_EQ(entry.IsBlock(kBase + offset), begins) << made.bytes << " at " << offset;
    }
  }
}

}  // namespace
}  // namespace memgov::arena
