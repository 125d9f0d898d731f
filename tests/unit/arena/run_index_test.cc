#include "shim/arena/run_index.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <memory>
#include <ostream>
#include <vector>

#include "random.h"

namespace memgov::arena {

static void PrintTo(const PageRun& run, std::ostream* out) {
  *out << "{" << run.first << ", " << run.count << "}";
}

namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr uint32_t kEffort = 4;
#else
constexpr uint32_t kEffort = 16;
#endif

constexpr uint32_t kBorders[] = {64, 512, 4096, 32768, kIndexPages};

// What RunIndex promises, said page by page.
class Model {
 public:
  bool Test(uint32_t page) const { return pages_[page]; }
  void Fill(uint32_t first, uint32_t count, bool set) {
    std::fill_n(pages_.begin() + first, count, static_cast<char>(set));
  }
  // The first page at `page` or after it that is `set`, or kIndexPages.
  uint32_t Next(uint32_t page, bool set) const {
    const void* found = memchr(pages_.data() + page, set, kIndexPages - page);
    return found ? static_cast<uint32_t>(static_cast<const char*>(found) - pages_.data()) : kIndexPages;
  }
  PageRun RunFrom(uint32_t page) const {
    const uint32_t first = Next(page, true);
    if (first == kIndexPages) return {kNoPage, 0};
    return {first, Next(first, false) - first};
  }
  PageRun FirstRunAt(uint32_t from) const {
    return RunFrom(from > 0 && Test(from - 1) ? Next(from, false) : from);
  }
  PageRun LastRun(uint32_t below, uint32_t most) const {
    const void* found = memrchr(pages_.data(), 1, below);
    if (!found) return {kNoPage, 0};
    uint32_t first = static_cast<uint32_t>(static_cast<const char*>(found) - pages_.data());
    uint32_t count = 1;
    for (; count < most && first > 0 && Test(first - 1); ++count) --first;
    return {first, count};
  }
  uint32_t CountIn(uint32_t first, uint32_t count) const {
    return static_cast<uint32_t>(std::count(pages_.begin() + first, pages_.begin() + first + count, 1));
  }

 private:
  std::vector<char> pages_ = std::vector<char>(kIndexPages);
};

// An index and its model, changed together.
class RunIndexTest : public testing::Test {
 protected:
  void Fill(uint32_t first, uint32_t count, bool set) {
    set ? index_->Set(first, count) : index_->Clear(first, count);
    model_.Fill(first, count, set);
  }

  // Changes the pages of the range that are not `set`, run by run.
  void Force(uint32_t first, uint32_t count, bool set) {
    const uint32_t end = first + count;
    for (uint32_t page = model_.Next(first, !set); page < end; page = model_.Next(page, !set)) {
      Fill(page, std::min(end, model_.Next(page, set)) - page, set);
    }
  }

  void CheckRange(uint32_t first, uint32_t count) {
    const uint32_t set = model_.CountIn(first, count);
    ASSERT_EQ(index_->CountIn(first, count), set) << first << " " << count;
    ASSERT_EQ(index_->AllSet(first, count), set == count) << first << " " << count;
    ASSERT_EQ(index_->AnySet(first, count), set != 0) << first << " " << count;
  }

  void CheckAt(uint32_t page, uint32_t most) {
    ASSERT_EQ(index_->Test(page), model_.Test(page)) << page;
    ASSERT_EQ(index_->RunLengthAt(page, most), std::min(most, model_.Next(page, false) - page)) << page;
    ASSERT_EQ(index_->FirstRunAt(page), model_.FirstRunAt(page)) << page;
    ASSERT_EQ(index_->LastRun(page, most), model_.LastRun(page, most)) << page << " " << most;
  }

  // FindFirst for every length at which its answer changes, and the figures of the whole set.
  void CheckRuns() {
    uint32_t longest = 0, set = 0;
    for (PageRun run = model_.RunFrom(0); run.count != 0;) {
      if (run.count > longest) {
        ASSERT_EQ(index_->FindFirst(longest + 1), run.first);
        ASSERT_EQ(index_->FindFirst(run.count), run.first);
        longest = run.count;
      }
      set += run.count;
      const uint32_t end = run.first + run.count;
      run = end == kIndexPages ? PageRun{kNoPage, 0} : model_.RunFrom(end);
    }
    ASSERT_EQ(index_->LongestRun(), longest);
    ASSERT_EQ(index_->FindFirst(longest + 1), kNoPage);
    ASSERT_EQ(index_->Count(), set);
  }

  // All questions, at and around every border, and at `probes` random places.
  void CheckAll(uint32_t probes) {
    ASSERT_NO_FATAL_FAILURE(CheckRuns());
    for (const uint32_t border : kBorders) {
      for (uint32_t page = border - 2; page < std::min(border + 2, kIndexPages); ++page) {
        ASSERT_NO_FATAL_FAILURE(CheckAt(page, border));
        ASSERT_NO_FATAL_FAILURE(CheckRange(0, page));
        ASSERT_NO_FATAL_FAILURE(CheckRange(page, kIndexPages - page));
      }
    }
    for (uint32_t i = 0; i < probes; ++i) ASSERT_NO_FATAL_FAILURE(Probe(Length()));
  }

  void Probe(uint32_t length) {
    const uint32_t page = Page();
    ASSERT_NO_FATAL_FAILURE(CheckAt(page, length));
    ASSERT_NO_FATAL_FAILURE(CheckRange(page, std::min(length, kIndexPages - page)));
  }

  // Every order of magnitude is as likely as the others.
  uint32_t Length() { return 1 + static_cast<uint32_t>(random_.Size(15)); }

  // Half of them within three pages of a border.
  uint32_t Page() {
    const uint32_t page = static_cast<uint32_t>(random_.Below(kIndexPages));
    if (random_.Below(2) == 0) return page;
    const uint32_t step = kBorders[random_.Below(4)];
    const uint32_t border = (page + step / 2) / step * step;
    return static_cast<uint32_t>((border + kIndexPages + random_.Below(7) - 3) % kIndexPages);
  }

  Random random_{20};
  std::unique_ptr<RunIndex> index_ = std::make_unique<RunIndex>();
  Model model_;
};

TEST_F(RunIndexTest, ZeroedMemoryIsEmpty) {
  CheckAll(1000);
  EXPECT_EQ(index_->FindFirst(1), kNoPage);
  EXPECT_EQ(index_->LastRun(kIndexPages, 1), (PageRun{kNoPage, 0}));
  EXPECT_EQ(index_->FirstRunAt(0), (PageRun{kNoPage, 0}));
}

TEST_F(RunIndexTest, Full) {
  Fill(0, kIndexPages, true);
  CheckAll(1000);
  EXPECT_EQ(index_->FindFirst(kIndexPages), 0u);
  EXPECT_EQ(index_->FindFirst(kIndexPages + 1), kNoPage);
  EXPECT_EQ(index_->LastRun(kIndexPages, kIndexPages), (PageRun{0, kIndexPages}));
  EXPECT_EQ(index_->FirstRunAt(kIndexPages), (PageRun{kNoPage, 0}));
  Fill(0, kIndexPages, false);
  CheckAll(1000);
  EXPECT_EQ(RunIndex{}.Count(), index_->Count());
}

TEST_F(RunIndexTest, EmptyRanges) {
  Fill(0, kIndexPages, true);
  index_->Set(64, 0);
  index_->Clear(0, 0);
  EXPECT_TRUE(index_->AllSet(kIndexPages, 0));
  EXPECT_FALSE(index_->AnySet(0, 0));
  EXPECT_EQ(index_->CountIn(0, 0), 0u);
  EXPECT_EQ(index_->RunLengthAt(0, 0), 0u);
  EXPECT_EQ(index_->RunLengthAt(kIndexPages, 1), 0u);
  CheckAll(100);
}

TEST_F(RunIndexTest, SinglePages) {
  for (uint32_t page = 0; page < kIndexPages; page = page < 130 ? page + 1 : page + 509) {
    Fill(page, 1, true);
    ASSERT_EQ(index_->FindFirst(1), page);
    ASSERT_EQ(index_->FindFirst(2), kNoPage);
    ASSERT_EQ(index_->FirstRunAt(0), (PageRun{page, 1}));
    ASSERT_EQ(index_->LastRun(kIndexPages, 5), (PageRun{page, 1}));
    ASSERT_EQ(index_->LastRun(page, 1), (PageRun{kNoPage, 0}));
    ASSERT_EQ(index_->FirstRunAt(page + 1), (PageRun{kNoPage, 0}));
    Fill(page, 1, false);
  }
  CheckAll(100);
}

TEST_F(RunIndexTest, RunsAcrossBorders) {
  constexpr uint32_t kReach[] = {0, 1, 2, 31, 63, 64, 65, 127, 513, 4097, 32768};
  for (const uint32_t border : kBorders) {
    for (const uint32_t before : kReach) {
      for (const uint32_t after : kReach) {
        if (before > border || border + after > kIndexPages || before + after == 0) continue;
        const PageRun run = {border - before, before + after};
        Fill(run.first, run.count, true);
        ASSERT_NO_FATAL_FAILURE(CheckRuns());
        ASSERT_EQ(index_->LastRun(kIndexPages, kIndexPages), run);
        ASSERT_EQ(index_->FirstRunAt(0), run);
        ASSERT_TRUE(index_->AllSet(run.first, run.count));
        Fill(run.first, run.count, false);
      }
    }
  }
  CheckAll(100);
}

TEST_F(RunIndexTest, HolesAcrossBorders) {
  Fill(0, kIndexPages, true);
  for (const uint32_t border : kBorders) {
    for (const uint32_t hole : {1u, 2u, 63u, 65u, 1000u}) {
      const uint32_t first = border - std::min(border, (hole + 1) / 2);
      const uint32_t count = std::min(hole, kIndexPages - first);
      Fill(first, count, false);
      ASSERT_NO_FATAL_FAILURE(CheckAll(4));
      Fill(first, count, true);
    }
  }
  CheckAll(100);
}

TEST_F(RunIndexTest, EverySecondPage) {
  for (uint32_t page = 0; page < kIndexPages; page += 2) Fill(page, 1, true);
  CheckAll(2000);
  EXPECT_EQ(index_->LongestRun(), 1u);
  Fill(kIndexPages - 3, 1, true);
  EXPECT_EQ(index_->FindFirst(2), kIndexPages - 4);
  EXPECT_EQ(index_->FindFirst(3), kIndexPages - 4);
  for (uint32_t i = 0; i < 2000; ++i) {
    Force(Page() / 2 * 2, 2, i % 3 == 0);
    if (i % 16 == 0) {
      ASSERT_NO_FATAL_FAILURE(CheckRuns());
    }
  }
  CheckAll(100);
}

// Every word of 16 bits, in the middle of a word and across two: longest run, both ends, search in the word.
TEST_F(RunIndexTest, EveryPatternOfSixteenPages) {
  for (const uint32_t base : {24u, 56u, 512u * 7 - 8}) {
    for (uint32_t pattern = 1; pattern < 65536; pattern += kEffort == 4 ? 17 : 1) {
      for (uint32_t i = 0; i < 16; ++i) {
        if (((pattern >> i & 1) != 0) != model_.Test(base + i)) Fill(base + i, 1, (pattern >> i & 1) != 0);
      }
      uint32_t longest = 0;
      for (uint32_t rest = pattern; rest != 0; rest &= rest << 1) ++longest;
      ASSERT_EQ(index_->LongestRun(), longest) << base << " " << pattern;
      for (uint32_t count = 1; count <= longest; ++count) {
        uint32_t begins = pattern;
        for (uint32_t i = 1; i < count; ++i) begins &= pattern >> i;
        ASSERT_EQ(index_->FindFirst(count), base + static_cast<uint32_t>(std::countr_zero(begins)));
      }
    }
    Force(base, 16, false);
  }
}

// The page heap's use: first fit, and runs given back in any order.
TEST_F(RunIndexTest, FirstFit) {
  Fill(0, kIndexPages, true);
  std::vector<PageRun> taken;
  for (uint32_t round = 0; round < 20000 * kEffort; ++round) {
    const uint32_t count =
        round % 2 == 0 ? 50 : 1 + static_cast<uint32_t>(random_.Size(round % 64 == 1 ? 13 : 5));
    const uint32_t first = index_->FindFirst(count);
    const bool full = first == kNoPage;
    if (full) {
      ASSERT_LT(index_->LongestRun(), count);
    } else {
      ASSERT_TRUE(index_->AllSet(first, count));
      Fill(first, count, false);
      taken.push_back({first, count});
    }
    for (uint32_t frees = full ? 20 : 1; frees > 0 && taken.size() > 1200; --frees) {
      std::swap(taken[random_.Below(taken.size())], taken.back());
      Fill(taken.back().first, taken.back().count, true);
      taken.pop_back();
    }
    if (round % 64 == 0) {
      ASSERT_NO_FATAL_FAILURE(CheckRuns());
    }
    ASSERT_NO_FATAL_FAILURE(Probe(count));
  }
  for (const PageRun& run : taken) Fill(run.first, run.count, true);
  EXPECT_EQ(index_->FindFirst(kIndexPages), 0u);
}

// Runs of all sizes set and cleared at random, from sparse to almost full; every question each time.
TEST_F(RunIndexTest, RandomRuns) {
  for (uint32_t round = 0; round < 40000 * kEffort; ++round) {
    const bool mostly_set = round / 4096 % 2 != 0;
    const uint32_t first = Page();
    const uint32_t count = round % 8 != 0 ? static_cast<uint32_t>(random_.Below(70)) : Length();
    Force(first, std::min(count, kIndexPages - first), random_.Below(4) == 0 ? !mostly_set : mostly_set);
    if (round % 128 == 0) {
      ASSERT_NO_FATAL_FAILURE(CheckRuns());
    }
    ASSERT_NO_FATAL_FAILURE(Probe(1 + count));
    ASSERT_NO_FATAL_FAILURE(Probe(64));
  }
  CheckAll(1000);
}

}  // namespace
}  // namespace memgov::arena
