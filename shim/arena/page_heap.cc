#include "shim/arena/page_heap.h"

#include "governor/base/os.h"
#include "governor/budget/gate.h"
#include "governor/config/options.h"
#include "shim/arena/page_heap_state.h"

namespace memgov::arena::pages {

constinit State state;
constinit std::atomic<bool> strict_overcommit{false};
constinit std::atomic<bool> recent_give_back{false};
constinit std::atomic<bool> huge_pages{false};
constinit std::atomic<uint64_t> dirtied{0};

namespace {

constinit FutexLock page_lock{LockRank::kPages};

// Page numbers have 32 bits; no machine has as much.
constexpr size_t kMostBytes = size_t{1} << 43;

// So much freed deserves a look, also when nobody allocates any more.
constexpr uint64_t kWakePages = (1 << 20) / kPageBytes;

struct Place {
  Chunk* chunk = nullptr;
  uint32_t page = kNoPage;
};

uint32_t RoundUp(uint32_t page, uint32_t alignment) { return (page + alignment - 1) & ~(alignment - 1); }

Place Find(RunIndex Chunk::*index, uint32_t pages, uint32_t alignment) {
  for (Chunk* chunk = state.first; chunk != nullptr; chunk = chunk->next) {
    const uint32_t page = (chunk->*index).FindFirst(pages + alignment - 1);
    if (page != kNoPage) return {chunk, RoundUp(page, alignment)};
  }
  return {};
}

Place FindOrGrow(uint32_t pages, uint32_t alignment) {
  Place place = Find(&Chunk::dirty, pages, alignment);
  if (place.chunk == nullptr) place = Find(&Chunk::free, pages, alignment);
  if (place.chunk == nullptr && Grow(pages + alignment - 1)) place = Find(&Chunk::free, pages, alignment);
  return place;
}

// Clean pages that were in use before were given back; those taken again soon are regretted.
void CountRefaults(const Chunk& chunk, uint32_t first, uint32_t count, uint32_t dirty) {
  if (!recent_give_back.load(std::memory_order_relaxed) || first >= chunk.touched_pages) return;
  const uint32_t known = chunk.touched_pages - first < count ? chunk.touched_pages - first : count;
  if (known > dirty) state.refaulted += known - dirty;
}

bool IsBig(uint64_t pages) { return pages * kPageBytes >= gate::kBigBytes; }

// May those of them that hold no memory yet be taken?
bool MayTake(const Chunk& chunk, uint32_t first, uint32_t count, bool big) {
  const uint64_t clean = count - chunk.dirty.CountIn(first, count);
  return clean == 0 || gate::TryTake(clean * kPageBytes, big);
}

// True when all of them are zero.
bool Take(Chunk& chunk, uint32_t first, uint32_t count) {
  chunk.free.Clear(first, count);
  const uint32_t dirty = chunk.dirty.CountIn(first, count);
  if (dirty == count) {
    chunk.dirty.Clear(first, count);
  } else {
    CountRefaults(chunk, first, count, dirty);
    if (dirty != 0) ClearWithin(chunk.dirty, first, count);
  }
  if (first + count > chunk.touched_pages) chunk.touched_pages = first + count;
  state.dirty -= dirty;
  return dirty == 0;
}

SpanHeader* HeaderAt(Chunk& chunk, uint32_t page) {
  const uint32_t header_page = page / (kPageBytes / sizeof(SpanHeader));
  uint64_t& word = chunk.headers_touched[header_page / 64];
  const uint64_t bit = uint64_t{1} << (header_page % 64);
  if ((word & bit) == 0) {
    word |= bit;
    state.metadata_bytes += kPageBytes;
  }
  return &chunk.headers[page];
}

SpanHeader* StartSpan(const Place& place, uint32_t count, uint32_t group) {
  SpanHeader* header = HeaderAt(*place.chunk, place.page);
  header->address = place.chunk->AddressOf(place.page);
  header->pages = static_cast<uint16_t>(count);
  header->group = static_cast<uint8_t>(group);
  ++state.allocations;
  NoteUsed();
  return header;
}

// --- large blocks within chunks ---

void ForgetInChunk(Chunk& chunk, const void* block) {
  const uint32_t page = chunk.PageOf(reinterpret_cast<uintptr_t>(block));
  const SpanHeader& header = chunk.headers[page];
  chunk.SetEntry(page, PageEntry());
  CountLarge(header.group, -int64_t{header.pages});
  PutFree(chunk, page, header.pages, true);
}

void ShrinkInChunk(Chunk& chunk, SpanHeader& header, uint32_t count) {
  const uint32_t first = chunk.PageOf(header.address);
  const uint32_t less = header.pages - count;
  header.pages = static_cast<uint16_t>(count);
  CountLarge(header.group, -int64_t{less});
  PutFree(chunk, first + count, less, true);
}

// The old content must not be read back as zeros of a calloc: what is added is simply not cleared.
bool GrowInChunk(Chunk& chunk, SpanHeader& header, uint32_t count) {
  const uint32_t behind = chunk.PageOf(header.address) + header.pages;
  const uint32_t more = count - header.pages;
  if (count > kLargestInChunk || behind + more > chunk.usable_pages || !chunk.free.AllSet(behind, more) ||
      !group_limits::MayHold(header.group, more * kPageBytes) || !MayTake(chunk, behind, more, IsBig(count)))
    return false;
  Take(chunk, behind, more);
  header.pages = static_cast<uint16_t>(count);
  CountLarge(header.group, more);
  NoteUsed();
  return true;
}

bool IsLarge(const Chunk* chunk, const void* block) {
  const uintptr_t address = reinterpret_cast<uintptr_t>(block);
  if (chunk->single_block != 0) return address == chunk->single_block;
  return (address & (kPageBytes - 1)) == 0 && chunk->EntryOf(address).kind() == PageKind::kLarge;
}

uint32_t LargePages(const Chunk* chunk, const void* block) {
  if (chunk->single_block != 0) return chunk->single_pages;
  return chunk->headers[chunk->PageOf(reinterpret_cast<uintptr_t>(block))].pages;
}

bool StrictOvercommit() {
  char mode = '0';
  const int descriptor = os::OpenReadOnly("/proc/sys/vm/overcommit_memory");
  if (descriptor < 0) return false;
  const bool read = os::Read(descriptor, &mode, 1) == 1;
  os::Close(descriptor);
  return read && mode == '2';
}

}  // namespace

void ClearWithin(RunIndex& index, uint32_t first, uint32_t count) {
  const uint32_t end = first + count;
  uint32_t page = first;
  while (page < end) {  // kNoPage is beyond every end
    const uint32_t run = index.RunLengthAt(page, end - page);
    if (run != 0) index.Clear(page, run);
    page = index.FirstRunAt(page + run).first;
  }
}

void PutFree(Chunk& chunk, uint32_t first, uint32_t count, bool dirty) {
  chunk.free.Set(first, count);
  if (!dirty) return;
  chunk.dirty.Set(first, count);
  state.dirty += count;
  dirtied.store(dirtied.load(std::memory_order_relaxed) + count, std::memory_order_relaxed);
}

bool TakeWakeRequest() {
  if (dirtied.load(std::memory_order_relaxed) < kWakePages) return false;
  dirtied.store(0, std::memory_order_relaxed);
  return true;
}

FutexLock& Lock() { return page_lock; }
Chunk* FirstChunk() { return state.first; }

void Configure() {
  strict_overcommit.store(StrictOvercommit(), std::memory_order_relaxed);
  const bool huge = options::Get(Option::kHugePages) != 0;
  huge_pages.store(huge, std::memory_order_relaxed);
  FutexLockHolder hold(page_lock);
  for (Chunk* chunk = state.first; huge && chunk != nullptr; chunk = chunk->next) {
    os::AdviseHugePages(chunk, size_t{chunk->pages} * kPageBytes, true);
  }
}

SpanHeader* AllocateSlab(uint32_t size_class, uint32_t shard, uint32_t group) {
  const SizeClass& made = kSizeClasses[size_class];
  FutexLockHolder hold(page_lock);
  if (!group_limits::MayHold(group, made.pages * kPageBytes)) return nullptr;
  const Place place = FindOrGrow(made.pages, 1);
  if (place.chunk == nullptr || !MayTake(*place.chunk, place.page, made.pages, false)) return nullptr;
  Take(*place.chunk, place.page, made.pages);
  CountSlab(group, made.pages);
  SpanHeader* header = StartSpan(place, made.pages, group);
  header->size_class = static_cast<uint8_t>(size_class);
  header->shard = static_cast<uint8_t>(shard);
  header->free_blocks = static_cast<uint16_t>(made.blocks);
  for (uint32_t word = 0; word < kMostSlabBlocks / 64; ++word) {
    const uint32_t from = word * 64;
    const uint32_t count = made.blocks > from ? made.blocks - from : 0;
    header->free_bits[word] = count >= 64 ? ~uint64_t{0} : (uint64_t{1} << count) - 1;
  }
  for (uint32_t page = 0; page < made.pages; ++page) {
    place.chunk->SetEntry(place.page + page, PageEntry::Slab(size_class, group, page));
  }
  return header;
}

void FreeSlab(SpanHeader* slab) {
  FutexLockHolder hold(page_lock);
  Chunk& chunk = *ChunkOf(reinterpret_cast<void*>(slab->address));
  const uint32_t first = chunk.PageOf(slab->address);
  for (uint32_t page = 0; page < slab->pages; ++page) chunk.SetEntry(first + page, PageEntry());
  CountSlab(slab->group, -int64_t{slab->pages});
  PutFree(chunk, first, slab->pages, true);
}

void* AllocateLarge(size_t bytes, size_t alignment, uint32_t group, bool* clean) {
  *clean = true;
  if (alignment > kMostBytes || bytes > kMostBytes) return nullptr;
  const size_t count = PagesOf(bytes);
  const size_t alignment_pages = alignment > kPageBytes ? alignment / kPageBytes : 1;
  FutexLockHolder hold(page_lock);
  if (bytes > size_t{kLargestInChunk} * kPageBytes || count + alignment_pages - 1 > kLargestInChunk)
    return AllocateSingle(bytes, alignment, group);
  const uint32_t pages = static_cast<uint32_t>(count);
  if (!group_limits::MayHold(group, pages * kPageBytes)) return nullptr;
  const Place place = FindOrGrow(pages, static_cast<uint32_t>(alignment_pages));
  if (place.chunk == nullptr) return AllocateSingle(bytes, alignment, group);
  if (!MayTake(*place.chunk, place.page, pages, IsBig(pages))) return nullptr;
  *clean = Take(*place.chunk, place.page, pages);
  CountLarge(group, pages);
  StartSpan(place, pages, group);
  place.chunk->SetEntry(place.page, PageEntry::Large(group));
  return reinterpret_cast<void*>(place.chunk->AddressOf(place.page));
}

bool FreeLarge(Chunk* chunk, void* block) {
  uint64_t bytes = 0;
  {
    FutexLockHolder hold(page_lock);
    if (!IsLarge(chunk, block)) return false;
    if (chunk->single_block == 0) {
      ForgetInChunk(*chunk, block);
      return true;
    }
    bytes = uint64_t{chunk->single_pages} * kPageBytes;
    ForgetSingle(chunk);
  }
  UnmapChunk(chunk);
  gate::NoteReturned(bytes);
  return true;
}

size_t LargeBytes(const Chunk* chunk, const void* block) {
  return IsLarge(chunk, block) ? size_t{LargePages(chunk, block)} * kPageBytes : 0;
}

bool ResizeLarge(Chunk* chunk, void* block, size_t bytes) {
  if (bytes > kMostBytes || bytes <= kLargestSmall) return false;
  const uint32_t pages = PagesOf(bytes);
  SingleResize single;
  {
    FutexLockHolder hold(page_lock);
    if (!IsLarge(chunk, block)) return false;
    const uint32_t now = LargePages(chunk, block);
    if (pages == now) return true;
    if (chunk->single_block == 0) {
      SpanHeader& header = chunk->headers[Chunk::PageOf(reinterpret_cast<uintptr_t>(block))];
      if (pages > now) return GrowInChunk(*chunk, header, pages);
      ShrinkInChunk(*chunk, header, pages);
      return true;
    }
    single = ResizeSingle(*chunk, pages);
  }
  if (single.rest != nullptr) {
    os::Unmap(single.rest, single.rest_bytes);
    gate::NoteReturned(single.rest_bytes);
  }
  return single.done;
}

}  // namespace memgov::arena::pages
