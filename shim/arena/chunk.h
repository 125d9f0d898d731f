// Chunks: the address space that the arena engine works in, and the way from an address to what lies there.
//
// A chunk is reserved without memory (PROT_NONE) on a multiple of 1 GiB, 256 MiB long, or less when that is
// refused (RLIMIT_AS), and made usable in steps from its begin. One root table over the 47 bits of user
// addresses, one place per GiB, says which chunk an address belongs to; a page map in the chunk's own metadata
// says what each page is. The metadata is zeroed by the kernel and touched only where it is used.
//
// A block of more than kLargestInChunk pages has a mapping of its own, with a chunk to describe it.
//
// Chunks are never unmapped, those of single blocks are: looking up an address that is nobody's block (a wild
// free) beside the free of such a block is a race that only a broken program can run into.
#ifndef MEMGOV_SHIM_ARENA_CHUNK_H_
#define MEMGOV_SHIM_ARENA_CHUNK_H_

#include <stddef.h>
#include <stdint.h>

#include <atomic>

#include "shim/arena/page_entry.h"
#include "shim/arena/run_index.h"

namespace memgov::arena {

constexpr int kChunkShift = 30;
constexpr size_t kChunkAlignment = size_t{1} << kChunkShift;
constexpr uint32_t kPagesPerRoot = 1 << (kChunkShift - kPageShift);
constexpr size_t kRoots = size_t{1} << (47 - kChunkShift);
constexpr uint32_t kChunkPages = kIndexPages;
constexpr uint32_t kSmallestChunkPages = 1024;

// 32 MiB: glibc's own largest threshold for blocks that are mapped one by one.
constexpr uint32_t kLargestInChunk = 8192;

struct Chunk;

// What a span is, by the chunk and its first page. Under the lock of its class (slabs) or the page heap's.
struct alignas(64) SpanHeader {
  uint64_t free_bits[kMostSlabBlocks / 64];  // slab: 1 for each block that is in the slab and not handed out
  SpanHeader* next;
  SpanHeader* previous;
  uintptr_t address;
  uint16_t pages;
  uint16_t free_blocks;
  uint8_t size_class;
  uint8_t shard;
  uint8_t bin;
  uint8_t group;
};
static_assert(sizeof(SpanHeader) == 64);

// All but the page map is under the page heap's lock.
struct Chunk {
  uintptr_t base;
  uint32_t pages;
  uint32_t usable_pages;   // from base on: readable and writable, but for `voids`
  uint32_t touched_pages;  // from base on: beyond this no page was ever handed out
  bool single_block;
  Chunk* next;  // in the order of their making

  RunIndex free;   // usable pages that no span has, dirty or clean
  RunIndex dirty;  // those of them that still hold memory; clean ones are zero
  RunIndex voids;  // pages below usable_pages that were decommitted
  // Which pages of `headers` are in memory.
  uint64_t headers_touched[kChunkPages / 64 / 64];

  alignas(kPageBytes) std::atomic<uint32_t> map[kPagesPerRoot];
  SpanHeader headers[1];  // `pages` of them; one where the chunk is a single block's

  uintptr_t AddressOf(uint32_t page) const { return base + size_t{page} * kPageBytes; }
  uint32_t PageOf(uintptr_t address) const { return static_cast<uint32_t>((address - base) >> kPageShift); }
  // Of the page that holds `address`, which need not be below base + pages.
  PageEntry EntryOf(uintptr_t address) const {
    return PageEntry(map[address >> kPageShift & (kPagesPerRoot - 1)].load(std::memory_order_relaxed));
  }
  void SetEntry(uint32_t page, PageEntry entry) { map[page].store(entry.bits(), std::memory_order_relaxed); }
};

// nullptr: nobody's. Written under the page heap's lock, release; read by anybody, relaxed: who holds a block
// was told so in order.
extern constinit std::atomic<Chunk*> roots[kRoots];

inline Chunk* ChunkOf(const void* address) {
  const uintptr_t root = reinterpret_cast<uintptr_t>(address) >> kChunkShift;
  if (root >= kRoots) [[unlikely]]
    return nullptr;
  return roots[root].load(std::memory_order_relaxed);
}

// Reserves a chunk of `pages` with its metadata, and enters it. nullptr when the kernel refuses. Under the
// page heap's lock.
Chunk* MakeChunk(uint32_t pages, bool single_block);

// The end of a single block's chunk, in two steps: under the page heap's lock, and without it.
void LeaveRoots(const Chunk& chunk);
void UnmapChunk(Chunk* chunk);

size_t MetadataBytes(uint32_t pages, bool single_block);

}  // namespace memgov::arena

#endif  // MEMGOV_SHIM_ARENA_CHUNK_H_
