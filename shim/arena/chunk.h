// Chunks: the address space that the arena engine works in, and the way from an address to what lies there.
//
// A chunk is reserved without memory (PROT_NONE) on a multiple of 1 GiB, 256 MiB long, or less when that is
// refused (RLIMIT_AS). It begins with its own metadata, so that the way from a block to its entry in the page
// map is arithmetic, off which nothing has to be loaded; behind it come pages, made usable in steps. One root
// table over the 47 bits of user addresses, a byte per GiB, says where chunks begin. The metadata is zeroed
// by the kernel and touched only where it is used.
//
// A block of more than kLargestInChunk pages has a chunk to itself.
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
constexpr uint32_t kSmallestChunkPages = 2048;

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

// All but the page map is under the page heap's lock. Pages are counted from the chunk's begin, the
// metadata's own included.
struct Chunk {
  uint32_t pages;
  uint32_t first_page;     // behind the metadata
  uint32_t usable_pages;   // up to here: readable and writable, but for `voids`
  uint32_t touched_pages;  // from here on no page was ever handed out
  Chunk* next;             // in the order of their making

  // The single block, where it is one's: its begin and its pages. 0: an ordinary chunk.
  uintptr_t single_block;
  uint32_t single_pages;
  uint32_t single_group;

  RunIndex free;   // usable pages that no span has, dirty or clean
  RunIndex dirty;  // those of them that still hold memory; clean ones are zero
  RunIndex voids;  // pages below usable_pages that were decommitted
  // Which pages of `headers` are in memory.
  uint64_t headers_touched[kChunkPages / 64 / 64];

  alignas(kPageBytes) std::atomic<uint64_t> map[kPagesPerRoot];
  SpanHeader headers[1];  // `pages` of them; none where the chunk is a single block's

  uintptr_t AddressOf(uint32_t page) const {
    return reinterpret_cast<uintptr_t>(this) + size_t{page} * kPageBytes;
  }
  static uint32_t PageOf(uintptr_t address) {
    return static_cast<uint32_t>(address >> kPageShift & (kPagesPerRoot - 1));
  }
  // Of the page that holds `address`, anywhere in the chunk's first GiB.
  PageEntry EntryOf(uintptr_t address) const {
    const uintptr_t offset = address >> (kPageShift - 3) & (kPagesPerRoot - 1) * sizeof(uint64_t);
    const char* entry = reinterpret_cast<const char*>(map) + offset;
    return PageEntry(reinterpret_cast<const std::atomic<uint64_t>*>(entry)->load(std::memory_order_relaxed));
  }
  void SetEntry(uint32_t page, PageEntry entry) { map[page].store(entry.bits(), std::memory_order_relaxed); }
};

// Written under the page heap's lock, before any block of the chunk is known to anybody; read by anybody: who
// holds a block was told so in order.
enum class Root : uint8_t { kNobodys, kChunk, kRestOfSingle };
extern constinit Root roots[kRoots];

// Does a chunk begin in the GiB of this address?
__attribute__((always_inline)) inline bool IsInChunk(const void* address) {
  const uintptr_t root = reinterpret_cast<uintptr_t>(address) >> kChunkShift;
  if (root >= kRoots) [[unlikely]]
    return false;
  return __builtin_expect(roots[root] == Root::kChunk, 1);
}

// That chunk. Only where one does.
__attribute__((always_inline)) inline Chunk* ChunkOf(const void* address) {
  return reinterpret_cast<Chunk*>(reinterpret_cast<uintptr_t>(address) & ~(kChunkAlignment - 1));
}

// The chunk that holds this address, also further inside a single block of more than a GiB; nullptr:
// nobody's.
Chunk* ChunkHolding(const void* address);

// How many of a chunk's pages are its own metadata's.
uint32_t MetadataPages(uint32_t pages);

// Reserves a chunk of `pages`, its metadata among them, and enters it. nullptr when the kernel refuses. Under
// the page heap's lock, as the next.
Chunk* MakeChunk(uint32_t pages);
// The same for one block of `pages` on a multiple of `alignment`; its pages are not usable yet.
Chunk* MakeSingleChunk(uint32_t pages, size_t alignment);

// The end of a single block's chunk, in two steps: under the page heap's lock, and without it.
void LeaveRoots(const Chunk& chunk);
void UnmapChunk(Chunk* chunk);

}  // namespace memgov::arena

#endif  // MEMGOV_SHIM_ARENA_CHUNK_H_
