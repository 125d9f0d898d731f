// Does every page have exactly one state, and do the counts agree?
#include "shim/arena/page_heap_state.h"

namespace memgov::arena::pages {
namespace {

struct Counts {
  uint64_t slab = 0;
  uint64_t large = 0;
  uint64_t dirty = 0;
  uint64_t free = 0;
  uint64_t voids = 0;
};

// The span that begins at `page`, which is not free: counts it, and steps over it. nullptr, or what is wrong.
const char* CountSpan(const Chunk& chunk, uint32_t& page, Counts& counts) {
  const PageEntry entry = chunk.EntryOf(chunk.AddressOf(page));
  if (entry.kind() == PageKind::kNothing) return "a page that is neither free nor in use";
  const SpanHeader& header = chunk.headers[page];
  if (header.address != chunk.AddressOf(page)) return "a span whose header has another address";
  if (header.group != entry.group()) return "a span whose header and page map disagree about its group";
  if (header.pages == 0 || page + header.pages > chunk.usable_pages) return "a span beyond its chunk";
  for (uint32_t index = 0; index < header.pages; ++index) {
    const PageEntry each = chunk.EntryOf(chunk.AddressOf(page + index));
    if (chunk.free.Test(page + index) || chunk.voids.Test(page + index)) return "a page both free and in use";
    if (entry.kind() == PageKind::kSlab &&
        each.bits() != PageEntry::Slab(header.size_class, header.group, index).bits())
      return "a slab whose pages disagree";
    if (entry.kind() == PageKind::kLarge && index > 0 && each.kind() != PageKind::kNothing)
      return "a large block with an entry inside";
  }
  (entry.kind() == PageKind::kSlab ? counts.slab : counts.large) += header.pages;
  page += header.pages;
  return nullptr;
}

const char* CountChunk(const Chunk& chunk, Counts& counts) {
  for (uint32_t page = chunk.first_page; page < chunk.usable_pages;) {
    const bool is_free = chunk.free.Test(page);
    const bool is_void = chunk.voids.Test(page);
    const bool is_dirty = chunk.dirty.Test(page);
    if (is_free && is_void) return "a page both free and void";
    if (is_dirty && !is_free) return "a dirty page that is not free";
    counts.free += is_free;
    counts.dirty += is_dirty;
    counts.voids += is_void;
    if (is_free || is_void) {
      if (chunk.EntryOf(chunk.AddressOf(page)).bits() != 0) return "a free page with an entry";
      ++page;
    } else if (const char* wrong = CountSpan(chunk, page, counts); wrong != nullptr) {
      return wrong;
    }
  }
  if (chunk.free.Count() != chunk.free.CountIn(0, chunk.usable_pages)) return "free pages beyond the usable";
  return nullptr;
}

}  // namespace

const char* Verify() {
  Counts counts;
  uint64_t usable = 0;
  for (const Chunk* chunk = state.first; chunk != nullptr; chunk = chunk->next) {
    if (const char* wrong = CountChunk(*chunk, counts); wrong != nullptr) return wrong;
    usable += chunk->usable_pages - chunk->first_page;
  }
  usable -= counts.voids;
  for (const Chunk* chunk = state.singles; chunk != nullptr; chunk = chunk->next) {
    counts.large += chunk->single_pages;
    usable += chunk->single_pages;
  }
  uint64_t group_pages = 0;
  for (uint32_t group = 0; group < kMostGroups; ++group) {
    group_pages += state.group_large[group] + state.group_slab[group];
  }
  if (state.limbo != 0) return "pages in limbo without a release";
  if (counts.slab != state.slab) return "slab pages miscounted";
  if (counts.large != state.large) return "large pages miscounted";
  if (counts.dirty != state.dirty) return "dirty pages miscounted";
  if (usable != state.usable) return "usable pages miscounted";
  if (group_pages != state.slab + state.large) return "groups' pages miscounted";
  return nullptr;
}

}  // namespace memgov::arena::pages
