// run_index.h: a set of pages of one chunk that answers "where is the lowest run of n pages?" in a few dozen
// steps.
//
// A bitmap, and above it an 8-way tree: for each part of 64, 512, 4096 and 32768 pages how many pages are set
// at its start, at its end, and in its longest run. A search enters a part only if the run is inside it; a
// change recomputes the parts above the words it touched, until one comes out as before. The model is Go's
// page allocator ("Scaling the Go page allocator", golang/proposal 35112).
//
// Safety: no locks inside, the page heap's lock is held by the caller; allocates nothing, calls nothing.
// Assumptions: lives in zeroed memory, all-zero is the empty set, and memory is touched only where pages are
// set or cleared. first + count <= kIndexPages. A call costs O(words in its range + 8 per level).
#ifndef MEMGOV_SHIM_ARENA_RUN_INDEX_H_
#define MEMGOV_SHIM_ARENA_RUN_INDEX_H_

#include <cstdint>

namespace memgov::arena {

constexpr uint32_t kIndexPages = 65536;  // a chunk: 256 MiB of 4 KiB pages
constexpr uint32_t kNoPage = UINT32_MAX;

struct PageRun {
  uint32_t first;
  uint32_t count;
  bool operator==(const PageRun&) const = default;
};

class RunIndex {
 public:
  void Set(uint32_t first, uint32_t count);    // all of them clear before
  void Clear(uint32_t first, uint32_t count);  // all of them set before

  bool Test(uint32_t page) const { return (Word(page / kWordPages) >> (page % kWordPages) & 1) != 0; }
  bool AllSet(uint32_t first, uint32_t count) const;
  bool AnySet(uint32_t first, uint32_t count) const;
  uint32_t Count() const { return count_; }         // O(1)
  uint32_t LongestRun() const { return longest_; }  // O(1)
  uint32_t CountIn(uint32_t first, uint32_t count) const;

  // The first page of the lowest run of at least `count` (>= 1) set pages, or kNoPage.
  uint32_t FindFirst(uint32_t count) const;

  // The last set page below `below`, and those set directly before it, `most` pages (>= 1) at most;
  // {kNoPage, 0} if there is none.
  PageRun LastRun(uint32_t below, uint32_t most) const;

  // The lowest run that begins at `from` or after it, whole: {kNoPage, 0} if there is none. A run that goes
  // on through `from` began before it and is passed over.
  PageRun FirstRunAt(uint32_t from) const;

  // How many pages from `page` on are set, `most` at most.
  uint32_t RunLengthAt(uint32_t page, uint32_t most) const;

 private:
  static constexpr uint32_t kWordPages = 64;
  static constexpr uint32_t kFanOut = 8;
  static constexpr uint32_t kTopLevel = 3;  // level 0: one word; level 3: half a chunk
  static constexpr uint32_t kTopParts = 2;
  static constexpr uint32_t kLeaves = kIndexPages / (kWordPages * kFanOut);

  struct Summary {  // of a part: set pages at its start, in its longest run, at its end
    uint16_t start;
    uint16_t longest;
    uint16_t end;
    bool operator==(const Summary&) const = default;
  };
  struct Leaf {  // words and their summaries side by side: a chunk of which 50 MiB are used touches one page
    uint64_t words[kFanOut];
    Summary summaries[kFanOut];
  };
  struct Joined {
    uint32_t start;
    uint32_t longest;
    uint32_t end;
  };

  static constexpr uint32_t PartPages(uint32_t level) { return kWordPages << (3 * level); }
  static Summary OfWord(uint64_t word);
  template <uint32_t kParts>
  static Joined Join(const Summary* parts, uint32_t part_pages);
  template <bool kSet>
  static bool Has(const Summary& part, uint32_t level);

  uint64_t Word(uint32_t word) const { return leaves_[word / kFanOut].words[word % kFanOut]; }
  const Summary* Parts(uint32_t level) const;  // level >= 1
  const Summary* Inside(uint32_t level, uint32_t part) const;

  bool StoreWord(uint32_t word, uint64_t bits);
  void Raise(uint32_t first_word, uint32_t last_word);
  template <bool kSet>
  uint32_t Next(uint32_t page) const;
  template <bool kSet>
  uint32_t NextInWords(uint32_t level, uint32_t part) const;
  template <bool kSet>
  uint32_t Previous(uint32_t below) const;
  template <bool kSet>
  uint32_t PreviousInWords(uint32_t level, uint32_t part) const;

  uint32_t count_;
  uint32_t longest_;
  Summary top_[kTopParts];
  Summary upper_[kTopParts * kFanOut];
  Summary lower_[kLeaves];
  Leaf leaves_[kLeaves];
};

static_assert(sizeof(RunIndex) < 24 * 1024);

}  // namespace memgov::arena

#endif  // MEMGOV_SHIM_ARENA_RUN_INDEX_H_
