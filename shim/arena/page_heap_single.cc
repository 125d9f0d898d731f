// Blocks that are too large for a chunk they would share: each has a mapping of its own, with a chunk to
// describe it.
#include "governor/base/os.h"
#include "governor/budget/gate.h"
#include "shim/arena/page_heap_state.h"

namespace memgov::arena::pages {
namespace {

void CountSingle(Chunk& chunk, int64_t pages) {
  state.usable += pages;
  CountLarge(chunk.single_group, pages);
  NoteUsed();
}

void ChangeSingle(Chunk& chunk, uint32_t pages) {
  const int64_t more = static_cast<int64_t>(pages) - chunk.single_pages;
  chunk.pages = static_cast<uint32_t>(chunk.pages + more);
  chunk.single_pages = pages;
  state.reserved += more;
  CountSingle(chunk, more);
}

}  // namespace

void* AllocateSingle(size_t bytes, size_t alignment, uint32_t group) {
  const uint32_t count = PagesOf(bytes);
  const uint64_t fresh = uint64_t{count} * kPageBytes;
  if (!group_limits::MayHold(group, fresh) || !gate::TryTake(fresh, true)) return nullptr;
  Chunk* chunk = MakeSingleChunk(count, alignment);
  if (chunk == nullptr) {
    gate::Untake(fresh);
    return nullptr;
  }
  void* block = reinterpret_cast<void*>(chunk->single_block);
  if (os::Commit(block, size_t{count} * kPageBytes) != 0) {
    gate::Untake(fresh);
    LeaveRoots(*chunk);
    UnmapChunk(chunk);
    return nullptr;
  }
  EnterBooks(*chunk);
  chunk->single_group = group;
  chunk->next = state.singles;
  state.singles = chunk;
  ++state.allocations;
  CountSingle(*chunk, count);
  return block;
}

void ForgetSingle(Chunk* chunk) {
  Chunk** link = &state.singles;
  while (*link != chunk) link = &(*link)->next;
  *link = chunk->next;
  CountSingle(*chunk, -static_cast<int64_t>(chunk->single_pages));
  state.reserved -= chunk->pages;
  state.metadata_bytes -= kChunkMetadataBytes;
  LeaveRoots(*chunk);
}

// The kernel extends a mapping in place where nothing is behind it; up to the next GiB nothing of ours is.
SingleResize ResizeSingle(Chunk& chunk, uint32_t count) {
  SingleResize resize;
  if (count <= kLargestInChunk) return resize;  // moves back into an ordinary chunk
  const uintptr_t end = chunk.single_block + size_t{chunk.single_pages} * kPageBytes;
  if (end != chunk.AddressOf(chunk.pages)) return resize;  // aligned beyond 1 GiB: not at the chunk's end
  const size_t old_bytes = size_t{chunk.single_pages} * kPageBytes;
  const size_t new_bytes = size_t{count} * kPageBytes;
  const uintptr_t last_root = (chunk.single_block + old_bytes - 1) >> kChunkShift;
  if ((chunk.single_block + new_bytes - 1) >> kChunkShift != last_root) return resize;
  if (new_bytes > old_bytes) {
    void* block = reinterpret_cast<void*>(chunk.single_block);
    const uint64_t more = new_bytes - old_bytes;
    if (!group_limits::MayHold(chunk.single_group, more) || !gate::TryTake(more, true)) return resize;
    resize.done = os::ResizeMapping(block, old_bytes, new_bytes) == 0;
    if (!resize.done) gate::Untake(more);
  } else {
    resize = {true, reinterpret_cast<void*>(chunk.single_block + new_bytes), old_bytes - new_bytes};
  }
  if (resize.done) ChangeSingle(chunk, count);
  return resize;
}

}  // namespace memgov::arena::pages
