// One page of our chunks, in the page map: what free needs to know, in one word, laid out for free's few
// instructions.
//
//   bits 0-3    the group that owns it
//   bits 4-5    the kind
//   bits 12-16  how far it is from the page's begin to the slab's end, in pages  (slabs)
//   bits 23-31  the class's first line in a slot, above 6 zeros: bytes           (slabs)
//   bits 32-63  the class's magic                                                (slabs)
//
// Blocks are counted from the slab's end, and what is left over lies before the first of them: then a
// multiple of the class's size from the end is a block, without a second comparison.
//
// Invariant: kNothing but for the pages of slabs and the first page of each large block within an ordinary
// chunk. Written under the page heap's lock before any block of the span is known to anybody, and cleared
// after the last one came back; relaxed, because the block itself passes between threads in order.
#ifndef MEMGOV_SHIM_ARENA_PAGE_ENTRY_H_
#define MEMGOV_SHIM_ARENA_PAGE_ENTRY_H_

#include <stdint.h>

#include "shim/arena/size_classes.h"

namespace memgov::arena {

constexpr uint32_t kMostGroups = 16;

enum class PageKind : uint32_t { kNothing = 0, kSlab = 1, kLarge = 2 };

class PageEntry {
 public:
  constexpr PageEntry() = default;
  constexpr explicit PageEntry(uint64_t bits) : bits_(bits) {}

  static constexpr PageEntry Slab(uint32_t size_class, uint32_t group, uint32_t page) {
    const SizeClass& made = kSizeClasses[size_class];
    return PageEntry(uint64_t{made.magic} << 32 | made.line << 23 | KindAndGroup(PageKind::kSlab, group) |
                     (made.pages - page) << kPageShift);
  }
  static constexpr PageEntry Large(uint32_t group) {
    return PageEntry(KindAndGroup(PageKind::kLarge, group));
  }

  static constexpr uint32_t KindAndGroup(PageKind kind, uint32_t group) {
    return static_cast<uint32_t>(kind) << 4 | group;
  }

  constexpr uint64_t bits() const { return bits_; }
  constexpr PageKind kind() const { return static_cast<PageKind>(bits_ >> 4 & 3); }
  constexpr uint32_t group() const { return bits_ & 0xf; }
  constexpr uint32_t kind_and_group() const { return static_cast<uint32_t>(bits_) & 0x3f; }
  constexpr uint32_t pages_to_end() const { return bits_ >> kPageShift & 0x1f; }
  constexpr uint32_t line() const { return bits_ >> 23 & 0x1ff; }
  constexpr uint32_t cell() const { return static_cast<uint32_t>(bits_) >> 17; }  // line() in bytes
  constexpr uint32_t magic() const { return static_cast<uint32_t>(bits_ >> 32); }
  constexpr uint32_t size_class() const { return internal::kClassByLine[line()]; }

  // From an address in this page to the end of its slab.
  constexpr uint32_t BytesToEnd(uintptr_t address) const {
    return (static_cast<uint32_t>(bits_) & 0x1f000) - (static_cast<uint32_t>(address) & (kPageBytes - 1));
  }
  // Does a block of the slab begin there?
  constexpr bool IsBlock(uintptr_t address) const { return BytesToEnd(address) * magic() < magic(); }
  // Which one, counted from the slab's end.
  constexpr uint32_t BlockIndex(uintptr_t address) const {
    return static_cast<uint32_t>(uint64_t{BytesToEnd(address)} * magic() >> 32) - 1;
  }

 private:
  uint64_t bits_ = 0;
};

static_assert(kMostSlabPages < 32 && kLineBytes == 64);

}  // namespace memgov::arena

#endif  // MEMGOV_SHIM_ARENA_PAGE_ENTRY_H_
