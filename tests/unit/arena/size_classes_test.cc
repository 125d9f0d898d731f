#include "shim/arena/size_classes.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "shim/arena/slots.h"

namespace memgov::arena {
namespace {

// By counting, not by the tables.
uint32_t SmallestHolding(size_t size) {
  uint32_t index = 0;
  while (kSizeClasses[index].bytes < size) ++index;
  return index;
}

TEST(SizeClassesTest, SixteensUpTo128ThenEightToEachDoubling) {
  for (uint32_t index = 0; index < 8; ++index) EXPECT_EQ(kSizeClasses[index].bytes, 16 * (index + 1));
  for (uint32_t index = 8; index < kClasses; ++index) {
    const uint32_t step = kSizeClasses[index].bytes - kSizeClasses[index - 1].bytes;
    EXPECT_EQ(step, 16U << ((index - 8) / 8)) << index;
  }
  EXPECT_EQ(kSizeClasses[kClasses - 1].bytes, kLargestSmall);
}

// Above 128 bytes, where classes are 1/8 of a doubling apart. Each doubling counts as much as the others.
TEST(SizeClassesTest, WasteIsFourPerCentOnAverageAndElevenAtWorst) {
  double worst = 0;
  double doublings = 0;
  for (size_t begin = 128; begin < kLargestSmall; begin *= 2) {
    double sum = 0;
    for (size_t size = begin + 1; size <= 2 * begin; ++size) {
      const double bytes = kSizeClasses[ClassOfSize(size)].bytes;
      const double waste = (bytes - static_cast<double>(size)) / bytes;
      worst = std::max(worst, waste);
      sum += waste;
    }
    doublings += sum / static_cast<double>(begin);
  }
  EXPECT_LT(worst, 1.0 / 9);
  EXPECT_NEAR(doublings / 8, 0.042, 0.002);
}

TEST(SizeClassesTest, SlabsAreTheFewestPagesThatWasteLittle) {
  for (const SizeClass& made : kSizeClasses) {
    const uint32_t fewest = made.bytes <= 2048 ? 8 : made.bytes <= 8192 ? 4 : 2;
    const auto fits = [&](uint32_t pages) {
      const uint32_t total = pages * static_cast<uint32_t>(kPageBytes);
      return total / made.bytes >= fewest && (total % made.bytes) * 16 <= total;
    };
    EXPECT_TRUE(fits(made.pages) || made.pages == kMostSlabPages) << made.bytes;
    for (uint32_t pages = 1; pages < made.pages; ++pages) EXPECT_FALSE(fits(pages)) << made.bytes;
    EXPECT_LE(made.pages, kMostSlabPages);
    EXPECT_EQ(made.blocks, made.pages * kPageBytes / made.bytes);
    EXPECT_GE(made.blocks, fewest);
    EXPECT_LE(made.blocks, kMostSlabBlocks);
  }
}

TEST(SizeClassesTest, EverySizeFindsItsClass) {
  for (size_t size = 0; size <= kLargestSmall; ++size) {
    ASSERT_EQ(ClassOfSize(size), SmallestHolding(size)) << size;
    ASSERT_EQ(internal::LookUp(internal::kCellLookup, size),
              kSizeClasses[SmallestHolding(size)].line * kLineBytes)
        << size;
  }
}

TEST(SizeClassesTest, DivisionByMultiplicationIsExactAtEveryOffset) {
  for (uint32_t index = 0; index < kClasses; ++index) {
    const SizeClass& made = kSizeClasses[index];
    for (uint32_t offset = 0; offset < made.pages * kPageBytes; ++offset) {
      ASSERT_EQ(uint64_t{offset} * made.magic >> 32, offset / made.bytes) << made.bytes << " " << offset;
      ASSERT_EQ(offset * made.magic < made.magic, offset % made.bytes == 0) << made.bytes << " " << offset;
    }
  }
}

TEST(SizeClassesTest, AlignedSizesFindTheSmallestClassThatServes) {
  for (size_t alignment = 1; alignment <= kPageBytes; alignment *= 2) {
    for (size_t size = 0; size <= kLargestSmall; size += size < 600 ? 1 : 61) {
      const auto* expected = std::find_if(
          kSizeClasses.begin(), kSizeClasses.end(),
          [&](const SizeClass& made) { return made.bytes >= size && made.bytes % alignment == 0; });
      ASSERT_EQ(ClassOfAligned(size, alignment), expected - kSizeClasses.begin()) << size << " " << alignment;
    }
  }
  EXPECT_EQ(kSizeClasses[ClassOfAligned(kLargestSmall, kPageBytes)].bytes, kLargestSmall);
}

// A class's part of a slot holds its capacity and ends before the next class's begins.
TEST(SizeClassesTest, PartsOfASlotDoNotOverlap) {
  slots::Cell cell;
  const size_t head =
      static_cast<size_t>(reinterpret_cast<char*>(cell.Begin()) - reinterpret_cast<char*>(&cell));
  for (uint32_t index = 0; index < kClasses; ++index) {
    const SizeClass& made = kSizeClasses[index];
    const uint32_t end = index + 1 < kClasses ? kSizeClasses[index + 1].line : kSlotLines - 1;
    EXPECT_LE(made.line * kLineBytes + head + made.capacity * sizeof(void*), end * kLineBytes) << made.bytes;
  }
  EXPECT_EQ(kSizeClasses[0].line, 0U);
}

TEST(SizeClassesTest, SlotsHoldThirtyTwoKilobytesOfAClassWithinTheirBounds) {
  for (const SizeClass& made : kSizeClasses) {
    EXPECT_LE(made.capacity * made.bytes, std::max(32768U, 8 * made.bytes)) << made.bytes;
    EXPECT_GE(made.capacity, 8U) << made.bytes;
    EXPECT_LE(made.capacity, 125U) << made.bytes;
    EXPECT_EQ(made.batch, (made.capacity + 1) / 2) << made.bytes;
    EXPECT_LE(made.batch, 64U) << made.bytes;
  }
}

}  // namespace
}  // namespace memgov::arena
