#include "unit/arena/page_heap_model.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

#include "unit/arena/pattern.h"

namespace memgov::arena {
namespace {

// Of a span, these pages are written to and looked at: the same whatever its length.
bool IsSampled(uint32_t page) { return page < 16 || page % 61 == 0; }

// Three words of a page: a page of somebody else's, or one that lost its content, shows in each.
constexpr size_t kStamps[] = {0, 2040, kPageBytes - 8};

template <typename F>
void ForEachStamp(const ModelSpan& span, uint32_t first, uint32_t end, F&& visit) {
  for (uint32_t page = first; page < end; ++page) {
    if (!IsSampled(page)) continue;
    for (const size_t offset : kStamps) {
      visit(reinterpret_cast<char*>(span.begin) + size_t{page} * kPageBytes + offset,
            PatternWord(span.seed, page));
    }
  }
}

void Stamp(const ModelSpan& span, uint32_t first, uint32_t end) {
  ForEachStamp(span, first, end, [](char* at, uint64_t word) { std::memcpy(at, &word, 8); });
}

void CheckStamps(const ModelSpan& span, uint32_t end) {
  bool same = true;
  ForEachStamp(span, 0, end,
               [&](const char* at, uint64_t word) { same = same && std::memcmp(at, &word, 8) == 0; });
  EXPECT_TRUE(same) << "content of a span of " << span.pages << " pages changed";
}

void CheckZero(const ModelSpan& span) {
  bool zero = true;
  for (uint32_t page = 0; page < span.pages; ++page) {
    if (!IsSampled(page)) continue;
    zero = zero && IsZero(reinterpret_cast<char*>(span.begin) + size_t{page} * kPageBytes, kPageBytes);
  }
  EXPECT_TRUE(zero) << "a clean span of " << span.pages << " pages is not zero";
}

uint32_t PagesFor(size_t bytes) { return static_cast<uint32_t>((bytes + kPageBytes - 1) / kPageBytes); }

}  // namespace

// The dirty flag of the page at `address`, which lies in a chunk.
char* PageHeapModel::Dirty(uintptr_t address) {
  const uintptr_t base = address >> kChunkShift << kChunkShift;
  std::vector<char>& pages = dirty_[base];
  if (pages.empty()) pages.resize(kChunkPages);
  return pages.data() + ((address - base) >> kPageShift);
}

uint32_t PageHeapModel::TakeDirty(uintptr_t begin, uint32_t pages) {
  char* dirty = Dirty(begin);
  const uint32_t count = static_cast<uint32_t>(std::count(dirty, dirty + pages, 1));
  std::fill_n(dirty, pages, '\0');
  dirty_pages_ -= count;
  return count;
}

void PageHeapModel::PutDirty(uintptr_t begin, uint32_t pages) {
  std::fill_n(Dirty(begin), pages, '\1');
  dirty_pages_ += pages;
}

void PageHeapModel::CheckRoom(uintptr_t begin, uintptr_t end) {
  const auto above = ranges_.lower_bound(begin);
  EXPECT_TRUE(above == ranges_.end() || end <= above->first) << "overlaps the span above";
  EXPECT_TRUE(above == ranges_.begin() || std::prev(above)->second <= begin) << "overlaps the span below";
}

// Where a run of dirty pages is long enough, the lowest place in the first chunk that has one is taken.
void PageHeapModel::CheckFirstFit(const ModelSpan& span, uint32_t alignment_pages) {
  const std::string run(span.pages + alignment_pages - 1, '\1');
  const Chunk* chunk = pages::FirstChunk();
  for (; chunk != nullptr; chunk = chunk->next) {
    const char* dirty = Dirty(chunk->AddressOf(0));
    const void* found = memmem(dirty, kChunkPages, run.data(), run.size());
    if (found == nullptr) continue;
    const size_t page = static_cast<size_t>(static_cast<const char*>(found) - dirty);
    const size_t aligned = (page + alignment_pages - 1) / alignment_pages * alignment_pages;
    EXPECT_EQ(span.begin, chunk->AddressOf(0) + aligned * kPageBytes) << "not the first fit";
    return;
  }
}

void PageHeapModel::Account(const ModelSpan& span, int64_t pages) {
  const uint64_t more = static_cast<uint64_t>(pages);  // negative ones wrap to the same
  (span.slab != nullptr ? slab_pages_ : large_pages_) += more;
  (span.slab != nullptr ? group_slab_ : group_large_)[span.group] += more;
  peak_pages_ = std::max(peak_pages_, used_pages());
}

void PageHeapModel::Enter(const ModelSpan& span, bool* clean) {
  CheckRoom(span.begin, span.End());
  const uint32_t dirty = span.single ? 0 : TakeDirty(span.begin, span.pages);
  if (clean != nullptr) {
    EXPECT_EQ(*clean, dirty == 0);
  }
  if (dirty == 0) CheckZero(span);
  ranges_[span.begin] = span.End();
  Account(span, span.pages);
  ++allocations_;
  Stamp(span, 0, span.pages);
  spans_.push_back(span);
}

bool PageHeapModel::AllocateSlab(uint32_t size_class, uint32_t shard, uint32_t group) {
  SpanHeader* slab = pages::AllocateSlab(size_class, shard, group);
  if (slab == nullptr) return false;
  const SizeClass& made = kSizeClasses[size_class];
  EXPECT_EQ(slab->size_class, size_class);
  EXPECT_EQ(slab->shard, shard);
  EXPECT_EQ(slab->group, group);
  EXPECT_EQ(slab->free_blocks, made.blocks);
  uint32_t bits = 0;
  for (const uint64_t word : slab->free_bits) bits += static_cast<uint32_t>(__builtin_popcountll(word));
  EXPECT_EQ(bits, made.blocks);
  const Chunk* chunk = ChunkOf(reinterpret_cast<void*>(slab->address));
  for (uint32_t page = 0; page < made.pages; ++page) {
    EXPECT_EQ(chunk->EntryOf(slab->address + page * kPageBytes).bits(),
              PageEntry::Slab(size_class, group, page).bits());
  }
  const ModelSpan span{slab->address, made.pages, group, next_seed_++ << 32, slab};
  if (allocations_ % 64 == 0) CheckFirstFit(span, 1);
  Enter(span, nullptr);
  return true;
}

bool PageHeapModel::AllocateLarge(size_t bytes, size_t alignment, uint32_t group) {
  bool clean = false;
  void* block = pages::AllocateLarge(bytes, alignment, group, &clean);
  if (block == nullptr) return false;
  ModelSpan span{reinterpret_cast<uintptr_t>(block), PagesFor(bytes), group, next_seed_++ << 32};
  const Chunk* chunk = ChunkHolding(block);
  EXPECT_NE(chunk, nullptr);
  if (chunk == nullptr) return false;
  span.single = chunk->single_block != 0;
  EXPECT_EQ(span.begin % alignment, 0U);
  EXPECT_GE(span.begin, chunk->AddressOf(0));
  EXPECT_LE(span.End(), chunk->AddressOf(chunk->pages));
  EXPECT_EQ(pages::LargeBytes(chunk, block), uint64_t{span.pages} * kPageBytes);
  EXPECT_EQ(chunk->EntryOf(span.begin).bits(), span.single ? 0 : PageEntry::Large(group).bits());
  const uint32_t alignment_pages = static_cast<uint32_t>(alignment / kPageBytes);
  if (!span.single && allocations_ % 64 == 0) CheckFirstFit(span, std::max(alignment_pages, 1U));
  Enter(span, &clean);
  return true;
}

void PageHeapModel::Free(size_t place) {
  const ModelSpan span = spans_[place];
  CheckStamps(span, span.pages);
  if (span.slab != nullptr) {
    pages::FreeSlab(span.slab);
  } else {
    EXPECT_TRUE(pages::FreeLarge(ChunkHolding(span.Block()), span.Block()));
  }
  if (span.single) {
    EXPECT_EQ(ChunkHolding(span.Block()), nullptr);
  } else {
    EXPECT_EQ(ChunkHolding(span.Block())->EntryOf(span.begin).bits(), 0U);
    PutDirty(span.begin, span.pages);
  }
  Account(span, -int64_t{span.pages});
  ranges_.erase(span.begin);
  spans_[place] = spans_.back();
  spans_.pop_back();
}

bool PageHeapModel::Resize(size_t place, size_t bytes) {
  ModelSpan& span = spans_[place];
  if (!pages::ResizeLarge(ChunkHolding(span.Block()), span.Block(), bytes)) return false;
  const uint32_t old_pages = span.pages;
  const uint32_t new_pages = PagesFor(bytes);
  EXPECT_EQ(pages::LargeBytes(ChunkHolding(span.Block()), span.Block()), uint64_t{new_pages} * kPageBytes);
  CheckStamps(span, std::min(old_pages, new_pages));
  ranges_.erase(span.begin);
  span.pages = new_pages;
  CheckRoom(span.begin, span.End());
  ranges_[span.begin] = span.End();
  if (!span.single && new_pages > old_pages)
    TakeDirty(span.begin + old_pages * kPageBytes, new_pages - old_pages);
  if (!span.single && new_pages < old_pages) PutDirty(span.End(), old_pages - new_pages);
  if (new_pages > old_pages) Stamp(span, old_pages, new_pages);
  Account(span, int64_t{new_pages} - int64_t{old_pages});
  return true;
}

// From the last chunk's end downwards.
uint64_t PageHeapModel::GiveBack(uint64_t most_bytes) {
  const uint64_t expected = std::min(most_bytes / kPageBytes, dirty_pages_);
  const uint64_t given_back = pages::GiveBack(most_bytes);
  EXPECT_EQ(given_back, expected * kPageBytes);
  std::vector<uintptr_t> chunks;
  for (const Chunk* chunk = pages::FirstChunk(); chunk != nullptr; chunk = chunk->next) {
    chunks.push_back(chunk->AddressOf(0));
  }
  uint64_t left = expected;
  for (size_t index = chunks.size(); index > 0 && left > 0; --index) {
    char* dirty = Dirty(chunks[index - 1]);
    for (uint32_t page = kChunkPages; page > 0 && left > 0; --page) {
      left -= static_cast<uint64_t>(dirty[page - 1]);
      dirty[page - 1] = 0;
    }
  }
  dirty_pages_ -= expected;
  given_back_pages_ += expected;
  return given_back;
}

void PageHeapModel::CheckFigures() {
  const pages::Figures figures = pages::Read();
  EXPECT_EQ(figures.slab_bytes, slab_pages_ * kPageBytes);
  EXPECT_EQ(figures.large_bytes, large_pages_ * kPageBytes);
  EXPECT_EQ(figures.dirty_bytes, dirty_pages_ * kPageBytes);
  EXPECT_EQ(figures.limbo_bytes, 0U);
  EXPECT_EQ(figures.HeldBytes(), (used_pages() + dirty_pages_) * kPageBytes);
  EXPECT_EQ(figures.peak_used_bytes, peak_pages_ * kPageBytes);
  EXPECT_EQ(figures.allocations, allocations_);
  EXPECT_EQ(figures.given_back_bytes, given_back_pages_ * kPageBytes);
  EXPECT_GE(figures.usable_bytes, figures.HeldBytes());
  EXPECT_GE(figures.reserved_bytes, figures.usable_bytes);
  for (uint32_t group = 0; group < kMostGroups; ++group) {
    EXPECT_EQ(figures.group_slab[group], group_slab_[group] * kPageBytes) << group;
    EXPECT_EQ(figures.group_large[group], group_large_[group] * kPageBytes) << group;
  }
}

void PageHeapModel::RestartPeak() {
  EXPECT_EQ(pages::ReadAndRestartPeak().peak_used_bytes, peak_pages_ * kPageBytes);
  peak_pages_ = used_pages();
}

void PageHeapModel::CheckContent() const {
  for (const ModelSpan& span : spans_) CheckStamps(span, span.pages);
}

}  // namespace memgov::arena
