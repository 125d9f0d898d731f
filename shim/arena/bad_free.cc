#include "shim/arena/bad_free.h"

#include <stdlib.h>

#include <atomic>

#include "governor/base/message.h"
#include "governor/config/options.h"
#include "shim/arena/chunk.h"
#include "shim/arena/page_heap.h"

namespace memgov::arena {
namespace {

constinit std::atomic<uint64_t> bad_frees{0};  // relaxed: a count
constexpr uint64_t kMostLines = 10;

const char* Describe(BadFree what) {
  switch (what) {
    case BadFree::kDouble:
      return "freed before (double free)";
    case BadFree::kInterior:
      return "inside a block, not at its begin";
    case BadFree::kNoBlock:
      break;
  }
  return "memory of memgov's, but no block that is in use";
}

// Does the page belong to a large block that begins further down?
bool InsideLarge(const Chunk& chunk, uintptr_t address) {
  if (address >= chunk.AddressOf(chunk.pages)) return false;
  if (chunk.single_block != 0) return address >= chunk.single_block;
  const uint32_t page = chunk.PageOf(address);
  for (uint32_t back = 0; back + chunk.first_page <= page && back < kLargestInChunk; ++back) {
    const PageEntry entry = chunk.EntryOf(chunk.AddressOf(page - back));
    if (entry.kind() == PageKind::kSlab) return false;
    if (entry.kind() == PageKind::kLarge) return back < chunk.headers[page - back].pages;
  }
  return false;
}

}  // namespace

void ReportBadFree(const void* block, BadFree what) {
  const bool counts = options::Get(Option::kOnBadFree) == kBadFreeCount;
  if (bad_frees.fetch_add(1, std::memory_order_relaxed) < kMostLines || !counts) {
    Message()
        ->Text("free(")
        .Hex(reinterpret_cast<uintptr_t>(block))
        .Text("): ")
        .Text(Describe(what))
        .Text(counts ? "; ignored (MEMGOV_ON_BAD_FREE=count)"
                     : "; aborting (MEMGOV_ON_BAD_FREE=count goes on)");
  }
  if (!counts) abort();
}

void ExplainBadFree(const void* block) {
  const uintptr_t address = reinterpret_cast<uintptr_t>(block);
  const Chunk* chunk = ChunkHolding(block);
  const bool inside = chunk->EntryOf(address).kind() == PageKind::kSlab || InsideLarge(*chunk, address);
  ReportBadFree(block, inside ? BadFree::kInterior : BadFree::kNoBlock);
}

uint64_t BadFrees() { return bad_frees.load(std::memory_order_relaxed); }

}  // namespace memgov::arena
