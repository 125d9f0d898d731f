#include "shim/arena/run_index.h"

#include <algorithm>
#include <bit>
#include <type_traits>

namespace memgov::arena {
namespace {

constexpr uint64_t kAllBits = ~uint64_t{0};
constexpr uint32_t kWordBits = 64;

// Calls visit(word, mask of the range's bits in it) for each word of the range.
template <typename Visit>
inline void ForEachWord(uint32_t first, uint32_t count, Visit visit) {
  const uint32_t end = first + count;
  for (uint32_t page = first; page < end;) {
    const uint32_t low = page % kWordBits;
    const uint32_t bits = std::min(kWordBits - low, end - page);
    visit(page / kWordBits, kAllBits >> (kWordBits - bits) << low);
    page += bits;
  }
}

// In `runs[k]` a bit stands where 2^k ones begin; from the longest down, each that fits behind what was found
// is added (after Hacker's Delight, 2nd edition, 6-3). Without branches: what is in the word is not
// predictable.
uint32_t LongestOnes(uint64_t word) {
  uint64_t runs[6] = {word};
  for (uint32_t k = 1; k < 6; ++k) runs[k] = runs[k - 1] & (runs[k - 1] >> (1u << (k - 1)));
  uint64_t begins = kAllBits;
  uint32_t longest = 0;
  for (uint32_t k = 6; k-- > 0;) {
    const uint64_t longer = begins & (runs[k] >> longest);
    begins = longer != 0 ? longer : begins;
    longest += static_cast<uint32_t>(longer != 0) << k;
  }
  return longest;
}

// Where the lowest `count` ones in a row begin; the word has them.
uint32_t FirstOnes(uint64_t word, uint32_t count) {
  for (uint32_t known = 1; known < count;) {
    const uint32_t step = std::min(known, count - known);
    word &= word >> step;
    known += step;
  }
  return static_cast<uint32_t>(std::countr_zero(word));
}

}  // namespace

static_assert(std::is_trivially_default_constructible_v<RunIndex>, "zeroed memory is an empty set");

RunIndex::Summary RunIndex::OfWord(uint64_t word) {
  if (word == 0) return {0, 0, 0};
  if (word == kAllBits) return {kWordPages, kWordPages, kWordPages};
  return {static_cast<uint16_t>(std::countr_one(word)), static_cast<uint16_t>(LongestOnes(word)),
          static_cast<uint16_t>(std::countl_one(word))};
}

template <uint32_t kParts>
inline RunIndex::Joined RunIndex::Join(const Summary* parts, uint32_t part_pages) {
  Joined all = {0, 0, 0};
  for (uint32_t i = 0; i < kParts; ++i) {
    const Summary part = parts[i];
    all.start += all.start == i * part_pages ? part.start : 0;
    all.end += part.start;
    all.longest = std::max(all.longest, std::max<uint32_t>(part.longest, all.end));
    all.end = part.start == part_pages ? all.end : part.end;
  }
  return all;
}

inline const RunIndex::Summary* RunIndex::Parts(uint32_t level) const {
  return level == kTopLevel ? top_ : level == 2 ? upper_ : lower_;
}

// The summaries of the eight parts of a part, which are of the level below.
inline const RunIndex::Summary* RunIndex::Inside(uint32_t level, uint32_t part) const {
  return level == 1 ? leaves_[part].summaries : Parts(level - 1) + part * kFanOut;
}

inline bool RunIndex::StoreWord(uint32_t word, uint64_t bits) {
  Leaf& leaf = leaves_[word / kFanOut];
  leaf.words[word % kFanOut] = bits;
  const Summary now = OfWord(bits);
  Summary& summary = leaf.summaries[word % kFanOut];
  const bool changed = !(now == summary);
  summary = now;
  return changed;
}

void RunIndex::Raise(uint32_t first_word, uint32_t last_word) {
  Summary* const levels[kTopLevel + 1] = {nullptr, lower_, upper_, top_};
  uint32_t first = first_word, last = last_word;
  for (uint32_t level = 1; level <= kTopLevel; ++level) {
    first /= kFanOut;
    last /= kFanOut;
    bool changed = false;
    for (uint32_t part = first; part <= last; ++part) {
      const Joined joined = Join<kFanOut>(Inside(level, part), PartPages(level - 1));
      const Summary now = {static_cast<uint16_t>(joined.start), static_cast<uint16_t>(joined.longest),
                           static_cast<uint16_t>(joined.end)};
      if (now == levels[level][part]) continue;
      levels[level][part] = now;
      changed = true;
    }
    if (!changed) return;
  }
  longest_ = Join<kTopParts>(top_, PartPages(kTopLevel)).longest;
}

void RunIndex::Set(uint32_t first, uint32_t count) {
  bool changed = false;
  ForEachWord(first, count,
              [&](uint32_t word, uint64_t mask) { changed |= StoreWord(word, Word(word) | mask); });
  count_ += count;
  if (changed) Raise(first / kWordPages, (first + count - 1) / kWordPages);
}

void RunIndex::Clear(uint32_t first, uint32_t count) {
  bool changed = false;
  ForEachWord(first, count,
              [&](uint32_t word, uint64_t mask) { changed |= StoreWord(word, Word(word) & ~mask); });
  count_ -= count;
  if (changed) Raise(first / kWordPages, (first + count - 1) / kWordPages);
}

bool RunIndex::AllSet(uint32_t first, uint32_t count) const { return RunLengthAt(first, count) == count; }

bool RunIndex::AnySet(uint32_t first, uint32_t count) const {
  return count != 0 && Next<true>(first) < first + count;
}

uint32_t RunIndex::CountIn(uint32_t first, uint32_t count) const {
  uint32_t set = 0;
  ForEachWord(first, count, [&](uint32_t word, uint64_t mask) {
    set += static_cast<uint32_t>(std::popcount(Word(word) & mask));
  });
  return set;
}

uint32_t RunIndex::FindFirst(uint32_t count) const {
  if (count > longest_) return kNoPage;
  const Summary* parts = top_;
  uint32_t part = 0;  // number of parts[0] within its level
  for (uint32_t level = kTopLevel;; --level) {
    const uint32_t pages = PartPages(level);
    // Some part holds the run or completes it, so the loop needs no end: the level above said so.
    for (uint32_t open = 0;; ++part, ++parts) {
      if (open + parts->start >= count) return part * pages - open;
      if (parts->longest >= count) break;
      open = parts->start == pages ? open + pages : parts->end;
    }
    if (level == 0) return part * pages + FirstOnes(Word(part), count);
    parts = Inside(level, part);
    part *= kFanOut;
  }
}

template <bool kSet>
inline bool RunIndex::Has(const Summary& part, uint32_t level) {
  return kSet ? part.longest != 0 : part.longest != PartPages(level);
}

// The first set (clear) page of a part that has one.
template <bool kSet>
uint32_t RunIndex::NextInWords(uint32_t level, uint32_t part) const {
  for (; level > 0; --level) {
    const Summary* parts = Inside(level, part);
    part *= kFanOut;
    for (; !Has<kSet>(*parts, level - 1); ++parts) ++part;
  }
  const uint64_t bits = kSet ? Word(part) : ~Word(part);
  return part * kWordPages + static_cast<uint32_t>(std::countr_zero(bits));
}

// The first set (clear) page at `page` or after it, kIndexPages if there is none: up from the page's word
// through the parts after it, then down into the first that has one.
template <bool kSet>
uint32_t RunIndex::Next(uint32_t page) const {
  if (page >= kIndexPages) return kIndexPages;
  const uint64_t word = kSet ? Word(page / kWordPages) : ~Word(page / kWordPages);
  const uint64_t bits = word >> (page % kWordPages);
  if (bits != 0) return page + static_cast<uint32_t>(std::countr_zero(bits));
  uint32_t part = page / kWordPages + 1;
  for (uint32_t level = 0; level < kTopLevel; ++level) {
    for (; part % kFanOut != 0; ++part) {
      const Summary* parts = Inside(level + 1, part / kFanOut);
      if (Has<kSet>(parts[part % kFanOut], level)) return NextInWords<kSet>(level, part);
    }
    part /= kFanOut;
  }
  for (; part < kTopParts; ++part) {
    if (Has<kSet>(top_[part], kTopLevel)) return NextInWords<kSet>(kTopLevel, part);
  }
  return kIndexPages;
}

// The last set (clear) page of a part that has one.
template <bool kSet>
uint32_t RunIndex::PreviousInWords(uint32_t level, uint32_t part) const {
  for (; level > 0; --level) {
    const Summary* parts = Inside(level, part) + kFanOut - 1;
    part = part * kFanOut + kFanOut - 1;
    for (; !Has<kSet>(*parts, level - 1); --parts) --part;
  }
  const uint64_t bits = kSet ? Word(part) : ~Word(part);
  return part * kWordPages + kWordPages - 1 - static_cast<uint32_t>(std::countl_zero(bits));
}

// The last set (clear) page below `below`, kNoPage if there is none: Next, the other way round. `part` is the
// number of parts that lie wholly before.
template <bool kSet>
uint32_t RunIndex::Previous(uint32_t below) const {
  if (below == 0) return kNoPage;
  const uint32_t page = below - 1;
  const uint64_t word = kSet ? Word(page / kWordPages) : ~Word(page / kWordPages);
  const uint64_t bits = word << (kWordPages - 1 - page % kWordPages);
  if (bits != 0) return page - static_cast<uint32_t>(std::countl_zero(bits));
  uint32_t part = page / kWordPages;
  for (uint32_t level = 0; level < kTopLevel; ++level) {
    for (; part % kFanOut != 0; --part) {
      const Summary* parts = Inside(level + 1, part / kFanOut);
      if (Has<kSet>(parts[part % kFanOut - 1], level)) return PreviousInWords<kSet>(level, part - 1);
    }
    part /= kFanOut;
  }
  for (; part > 0; --part) {
    if (Has<kSet>(top_[part - 1], kTopLevel)) return PreviousInWords<kSet>(kTopLevel, part - 1);
  }
  return kNoPage;
}

PageRun RunIndex::LastRun(uint32_t below, uint32_t most) const {
  const uint32_t last = Previous<true>(below);
  if (last == kNoPage) return {kNoPage, 0};
  const uint32_t count = std::min(last - Previous<false>(last), most);  // kNoPage is the page before page 0
  return {last + 1 - count, count};
}

PageRun RunIndex::FirstRunAt(uint32_t from) const {
  const bool inside = from > 0 && Test(from - 1);
  const uint32_t first = Next<true>(inside ? Next<false>(from) : from);
  if (first == kIndexPages) return {kNoPage, 0};
  return {first, Next<false>(first) - first};
}

uint32_t RunIndex::RunLengthAt(uint32_t page, uint32_t most) const {
  return std::min(Next<false>(page) - page, most);
}

}  // namespace memgov::arena
