// Size classes, and what follows from a class: its slab and its place in a slot. All of it is computed when
// memgov is compiled.
//
// Classes: 16 to 128 bytes by 16, then 8 to each doubling up to 32 KiB: 72 classes, 4 % waste on average and
// 11 % at worst (with 4 to a doubling it would be 8 and 20). Larger blocks are whole pages.
#ifndef MEMGOV_SHIM_ARENA_SIZE_CLASSES_H_
#define MEMGOV_SHIM_ARENA_SIZE_CLASSES_H_

#include <stddef.h>
#include <stdint.h>

#include <array>

namespace memgov::arena {

constexpr size_t kPageBytes = 4096;
constexpr size_t kPageShift = 12;
constexpr size_t kLineBytes = 64;

constexpr uint32_t kClasses = 72;
constexpr size_t kLargestSmall = 32 << 10;
constexpr uint32_t kMostSlabPages = 16;
constexpr uint32_t kMostSlabBlocks = 256;

struct SizeClass {
  uint32_t bytes;
  uint32_t pages;   // of a slab
  uint32_t blocks;  // in a slab
  // ceil(2^32 / bytes). For n up to 64 KiB: n * magic >> 32 is n / bytes, and n is a multiple of bytes just
  // when the low 32 bits of n * magic are below magic (Lemire, Kaser, Kurz, "Faster remainder by direct
  // computation", 2019).
  uint32_t magic;
  uint32_t bin_magic;  // ceil(2^32 / blocks): n * bin_magic >> 32 is n / blocks for n up to 1024
  uint32_t line;       // where its blocks begin in a slot, in cache lines
  uint32_t capacity;   // most blocks in a slot
  uint32_t batch;      // most blocks that a refill or a flush moves
};

namespace internal {

constexpr uint32_t BytesOf(uint32_t index) {
  if (index < 8) return 16 * (index + 1);
  const uint32_t doubling = (index - 8) / 8;
  const uint32_t step = (index - 8) % 8 + 1;
  return (uint32_t{128} << doubling) + step * (uint32_t{16} << doubling);
}

// The fewest pages that waste at most 1/16 behind the last block and hold at least this many blocks.
constexpr uint32_t PagesOf(uint32_t bytes) {
  const uint32_t fewest = bytes <= 2048 ? 8 : bytes <= 8192 ? 4 : 2;
  for (uint32_t pages = 1; pages < kMostSlabPages; ++pages) {
    const uint32_t total = pages * kPageBytes;
    if (total / bytes >= fewest && total % bytes * 16 <= total) return pages;
  }
  return kMostSlabPages;
}

// 32 KiB worth of them, at least 8: with fewer, 32 KiB blocks that pass from thread to thread go through the
// page heap one by one. Behind the three words of a cell's head 125 fill 16 lines.
constexpr uint32_t CapacityOf(uint32_t bytes) {
  const uint32_t blocks = 32768 / bytes;
  return blocks < 8 ? 8 : blocks > 125 ? 125 : blocks;
}

constexpr std::array<SizeClass, kClasses> MakeClasses() {
  std::array<SizeClass, kClasses> classes{};
  uint32_t line = 0;
  for (uint32_t index = 0; index < kClasses; ++index) {
    SizeClass& made = classes[index];
    made.bytes = BytesOf(index);
    made.pages = PagesOf(made.bytes);
    made.blocks = made.pages * static_cast<uint32_t>(kPageBytes) / made.bytes;
    made.magic = static_cast<uint32_t>(((uint64_t{1} << 32) + made.bytes - 1) / made.bytes);
    made.bin_magic = static_cast<uint32_t>(((uint64_t{1} << 32) + made.blocks - 1) / made.blocks);
    made.capacity = CapacityOf(made.bytes);
    made.batch = (made.capacity + 1) / 2;
    made.line = line;
    line += ((made.capacity + 3) * 8 + kLineBytes - 1) / kLineBytes;
  }
  return classes;
}

// Sizes up to 1 KiB by 16, larger ones by 128: every class above 1 KiB is a multiple of that.
constexpr size_t kFine = 1024;
constexpr size_t kFineEntries = kFine / 16 + 1;
constexpr size_t kCoarseEntries = kLargestSmall / 128 + 1;

}  // namespace internal

inline constexpr std::array<SizeClass, kClasses> kSizeClasses = internal::MakeClasses();

namespace internal {

constexpr std::array<uint8_t, 512> MakeClassByLine() {
  std::array<uint8_t, 512> classes{};
  for (uint32_t index = 0; index < kClasses; ++index) {
    classes[kSizeClasses[index].line] = static_cast<uint8_t>(index);
  }
  return classes;
}

// Of lines that are some class's first.
inline constexpr std::array<uint8_t, 512> kClassByLine = MakeClassByLine();

}  // namespace internal

// Line 511 of a slot is not a class's (slots.h).
constexpr uint32_t kSlotLines = 512;
static_assert(kSizeClasses[kClasses - 1].line + 1 < kSlotLines);
static_assert(kSizeClasses[kClasses - 1].bytes == kLargestSmall);

namespace internal {

template <typename T>
struct Lookup {
  std::array<T, kFineEntries> fine{};
  std::array<T, kCoarseEntries> coarse{};
};

constexpr uint32_t SmallestClassFor(size_t size) {
  uint32_t index = 0;
  while (kSizeClasses[index].bytes < size) ++index;
  return index;
}

template <typename T, typename F>
constexpr Lookup<T> MakeLookup(F&& value) {
  Lookup<T> lookup;
  for (size_t place = 0; place < kFineEntries; ++place) {
    lookup.fine[place] = static_cast<T>(value(SmallestClassFor(place * 16)));
  }
  for (size_t place = 0; place < kCoarseEntries; ++place) {
    lookup.coarse[place] = static_cast<T>(value(SmallestClassFor(place * 128)));
  }
  return lookup;
}

inline constexpr auto kClassLookup = MakeLookup<uint8_t>([](uint32_t found) { return found; });
inline constexpr auto kCellLookup =
    MakeLookup<uint16_t>([](uint32_t found) { return kSizeClasses[found].line * kLineBytes; });

template <typename T>
__attribute__((always_inline)) inline T LookUp(const Lookup<T>& lookup, size_t size) {
  return size <= kFine ? lookup.fine[(size + 15) / 16] : lookup.coarse[(size + 127) / 128];
}

}  // namespace internal

// size <= kLargestSmall. 0 has the class of 1.
inline uint32_t ClassOfSize(size_t size) { return internal::LookUp(internal::kClassLookup, size); }
// The smallest class that holds `size` and all of whose blocks lie on multiples of `alignment` (a power of
// two, at most a page); kClasses when there is none.
inline uint32_t ClassOfAligned(size_t size, size_t alignment) {
  for (uint32_t index = ClassOfSize(size); index < kClasses; ++index) {
    if (kSizeClasses[index].bytes % alignment == 0) return index;
  }
  return kClasses;
}

}  // namespace memgov::arena

#endif  // MEMGOV_SHIM_ARENA_SIZE_CLASSES_H_
