// One page of our chunks, in the page map: what free needs to know, in one word.
//
//   bits 0-7    the class's first line in a slot          (slabs)
//   bits 8-11   which page of its slab                    (slabs)
//   bits 13-16  the group that owns it: group << 13 is the offset of its table of slots
//   bits 17-23  the class                                 (slabs)
//   bits 30-31  the kind
//
// Invariant: kNothing but for the pages of slabs and the first page of each large block. Written under the
// page heap's lock before any block of the span is known to anybody, and cleared after the last one came
// back; relaxed, because the block itself passes between threads in order.
#ifndef MEMGOV_SHIM_ARENA_PAGE_ENTRY_H_
#define MEMGOV_SHIM_ARENA_PAGE_ENTRY_H_

#include <stdint.h>

#include "shim/arena/size_classes.h"

namespace memgov::arena {

constexpr uint32_t kMostGroups = 16;
constexpr uint32_t kGroupShift = 13;

enum class PageKind : uint32_t { kNothing = 0, kSlab = 1, kLarge = 2 };

class PageEntry {
 public:
  constexpr PageEntry() = default;
  constexpr explicit PageEntry(uint32_t bits) : bits_(bits) {}

  static constexpr PageEntry Slab(uint32_t size_class, uint32_t group, uint32_t page) {
    return PageEntry(uint32_t{1} << 30 | size_class << 17 | group << kGroupShift | page << 8 |
                     kSizeClasses[size_class].line);
  }
  static constexpr PageEntry Large(uint32_t group) {
    return PageEntry(uint32_t{2} << 30 | group << kGroupShift);
  }

  constexpr uint32_t bits() const { return bits_; }
  constexpr PageKind kind() const { return static_cast<PageKind>(bits_ >> 30); }
  constexpr uint32_t line() const { return bits_ & 0xff; }
  constexpr uint32_t page_in_slab() const { return bits_ >> 8 & 0xf; }
  constexpr uint32_t size_class() const { return bits_ >> 17 & 0x7f; }
  constexpr uint32_t group() const { return bits_ >> kGroupShift & 0xf; }
  constexpr uint32_t table_offset() const { return bits_ & (uint32_t{0xf} << kGroupShift); }

  // Of a block of this page: bytes from the begin of its slab.
  uint32_t OffsetInSlab(uintptr_t block) const {
    return (bits_ & 0xf00) << 4 | static_cast<uint32_t>(block & (kPageBytes - 1));
  }

 private:
  uint32_t bits_ = 0;
};

static_assert(kMostSlabPages <= 16 && kClasses <= 128);

}  // namespace memgov::arena

#endif  // MEMGOV_SHIM_ARENA_PAGE_ENTRY_H_
