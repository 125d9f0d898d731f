// Where pages come from: chunks, and the steps in which they become usable.
#include <iterator>

#include "governor/base/os.h"
#include "shim/arena/page_heap_state.h"

namespace memgov::arena::pages {
namespace {

constexpr uint32_t kFirstStep = (2 << 20) / kPageBytes;
constexpr uint32_t kLargestStep = (64 << 20) / kPageBytes;

void Append(Chunk* chunk) {
  (state.last != nullptr ? state.last->next : state.first) = chunk;
  state.last = chunk;
}

constexpr uint32_t kChunkSizes[] = {kChunkPages, kChunkPages / 4, kChunkPages / 16, kSmallestChunkPages};

// Room for a run of `pages` behind its own metadata?
bool Fits(uint32_t size, uint32_t pages) { return pages + MetadataPages(size) <= size; }

// As large as may be, or the largest that is to be had. Where the address space is limited (RLIMIT_AS),
// threads' stacks and libraries need room in it, too: then at most an eighth of it, if that is enough.
bool AddChunk(uint32_t pages) {
  const uint64_t eighth = os::AddressSpaceLimit() / 8 / kPageBytes;
  for (const uint32_t& size : kChunkSizes) {
    if (!Fits(size, pages)) return false;
    const bool is_last = &size + 1 == std::end(kChunkSizes) || !Fits(*(&size + 1), pages);
    if (size > eighth && !is_last) continue;
    Chunk* chunk = MakeChunk(size);
    if (chunk == nullptr) continue;
    Append(chunk);
    EnterBooks(*chunk);
    return true;
  }
  return false;
}

// Makes `pages` more of the chunk usable.
bool Extend(Chunk& chunk, uint32_t pages) {
  const uintptr_t at = chunk.AddressOf(chunk.usable_pages);
  if (os::Commit(reinterpret_cast<void*>(at), size_t{pages} * kPageBytes) != 0) return false;
  chunk.free.Set(chunk.usable_pages, pages);
  chunk.usable_pages += pages;
  state.usable += pages;
  return true;
}

// How many free pages lie directly before what is not usable yet.
uint32_t FreeAtEnd(const Chunk& chunk) {
  const PageRun last = chunk.free.LastRun(chunk.usable_pages, kLargestInChunk);
  return last.count != 0 && last.first + last.count == chunk.usable_pages ? last.count : 0;
}

enum class Growth : uint8_t { kDone, kNoRoom, kRefused };

Growth GrowIn(Chunk& chunk, uint32_t pages) {
  const uint32_t room = chunk.pages - chunk.usable_pages;
  const uint32_t at_end = FreeAtEnd(chunk);
  const uint32_t need = pages > at_end ? pages - at_end : 1;
  if (need > room) return Growth::kNoRoom;
  if (state.next_step == 0) state.next_step = kFirstStep;
  uint32_t step = state.next_step > need ? state.next_step : need;
  if (step > room) step = room;
  if (!strict_overcommit.load(std::memory_order_relaxed) && state.next_step < kLargestStep)
    state.next_step *= 2;
  const bool done = Extend(chunk, step) || (step > need && Extend(chunk, need));
  return done ? Growth::kDone : Growth::kRefused;
}

// Pages that were decommitted and are usable again.
bool Revive(uint32_t pages) {
  for (Chunk* chunk = state.first; chunk != nullptr; chunk = chunk->next) {
    const uint32_t first = chunk->voids.FindFirst(pages);
    if (first == kNoPage) continue;
    const uintptr_t at = chunk->AddressOf(first);
    if (os::Commit(reinterpret_cast<void*>(at), size_t{pages} * kPageBytes) != 0) return false;
    chunk->voids.Clear(first, pages);
    chunk->free.Set(first, pages);
    state.usable += pages;
    return true;
  }
  return false;
}

}  // namespace

void EnterBooks(Chunk& chunk) {
  os::AdviseHugePages(&chunk, size_t{chunk.pages} * kPageBytes, huge_pages.load(std::memory_order_relaxed));
  state.reserved += chunk.pages;
  state.metadata_bytes += kChunkMetadataBytes;
}

bool Grow(uint32_t pages) {
  if (Revive(pages)) return true;
  for (Chunk* chunk = state.first; chunk != nullptr; chunk = chunk->next) {
    const Growth growth = GrowIn(*chunk, pages);
    if (growth != Growth::kNoRoom)
      return growth == Growth::kDone;  // refused memory is not to be had elsewhere
  }
  return AddChunk(pages) && GrowIn(*state.last, pages) == Growth::kDone;
}

}  // namespace memgov::arena::pages
