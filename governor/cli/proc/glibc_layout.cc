#include "governor/cli/proc/glibc_layout.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <set>

namespace memgov::cli::glibc {
namespace {

constexpr uint64_t kAlignment = 16;
constexpr uint64_t kPage = 4096;
// What is searched for the main arena: the data of the C library, or of a static program.
constexpr uint64_t kMostData = uint64_t{16} << 20;

// struct heap_info of malloc/arena.c, at the begin of each heap; its length depends on the version. The
// arena's own first heap holds its State right behind.
struct HeapInfo {
  uint64_t arena;
  uint64_t previous;
  uint64_t size;
  uint64_t mprotect_size;
};
constexpr uint64_t kHeapInfoBytes[] = {32, 48};  // before 2.35, since

struct Heap {
  uint64_t begin = 0;
  HeapInfo info = {};
};

uint64_t RoundUp(uint64_t value) { return (value + kAlignment - 1) & ~(kAlignment - 1); }

bool LooksLikeHeap(const HeapInfo& info, uint64_t begin) {
  return info.arena != 0 && info.arena % 8 == 0 && info.previous % kHeapBytes == 0 &&
         info.previous != begin && info.size >= kPage && info.size <= kHeapBytes && info.size % kPage == 0 &&
         info.mprotect_size >= info.size && info.mprotect_size <= kHeapBytes;
}

std::vector<Heap> FindHeaps(ProcessMemory& memory, const std::vector<Mapping>& mappings) {
  std::vector<Heap> heaps;
  for (const Mapping& mapping : mappings) {
    if (mapping.kind != MappingKind::kMallocArena || !mapping.IsWritable()) continue;
    for (uint64_t begin = mapping.begin; begin < mapping.end; begin += kHeapBytes) {
      Heap heap;
      heap.begin = begin;
      if (memory.ReadObject(begin, &heap.info) && LooksLikeHeap(heap.info, begin)) heaps.push_back(heap);
    }
  }
  return heaps;
}

// How long heap_info is, of an arena's first heap; 0: that heap is not one.
uint64_t OwnInfoBytes(const Heap& heap) {
  for (const uint64_t bytes : kHeapInfoBytes) {
    if (heap.info.previous == 0 && heap.info.arena == heap.begin + bytes) return bytes;
  }
  return 0;
}

// A bin is empty (its links lead back to itself) or leads to chunks.
bool BinsAreSound(const State& state, uint64_t address) {
  for (int bin = 0; bin < kBins; ++bin) {
    // A bin's links are read as if it were a chunk: they are its third and fourth word.
    const uint64_t self = address + offsetof(State, bins) + 16 * static_cast<uint64_t>(bin) - 16;
    const uint64_t forward = state.bins[2 * bin];
    const uint64_t back = state.bins[2 * bin + 1];
    if ((forward == self) != (back == self) || forward % kAlignment != 0 || back % kAlignment != 0)
      return false;
    if (forward == 0 || back == 0) return false;
  }
  return true;
}

struct Range {
  uint64_t begin = 0;
  uint64_t end = 0;
};

// A heap that grew before and after a fork is several mappings.
Range FindMainHeap(const std::vector<Mapping>& mappings) {
  Range range;
  for (const Mapping& mapping : mappings) {
    if (mapping.kind != MappingKind::kMainHeap || !mapping.IsWritable()) continue;
    if (range.end == 0) range.begin = range.end = mapping.begin;
    if (mapping.begin == range.end) range.end = mapping.end;
  }
  return range;
}

bool LooksLikeMain(const State& state, uint64_t address, const Range& heap) {
  return state.top >= heap.begin && state.top < heap.end && state.top % kAlignment == 0 &&
         state.system_mem > 0 && state.system_mem <= state.max_system_mem &&
         state.attached_threads < (1 << 24) && BinsAreSound(state, address);
}

// Main arenas are a variable of the C library's, whose name is not exported.
std::optional<Arena> SearchMainArena(ProcessMemory& memory, const Mapping& data, const Range& heap) {
  const uint64_t end = data.begin + std::min(data.size(), kMostData);
  for (uint64_t address = data.begin; address + sizeof(State) <= end; address += 8) {
    uint64_t top = 0;
    if (!memory.ReadObject(address + offsetof(State, top), &top)) continue;
    if (top < heap.begin || top >= heap.end) continue;
    Arena arena;
    arena.address = address;
    if (memory.ReadObject(address, &arena.state) && LooksLikeMain(arena.state, address, heap)) return arena;
  }
  return std::nullopt;
}

// Mappings that belong to one file, its .bss included, follow each other.
std::optional<Arena> FindMainArena(ProcessMemory& memory, const std::vector<Mapping>& mappings) {
  const Range heap = FindMainHeap(mappings);
  if (heap.end == 0) return std::nullopt;
  bool libc_found = false;
  for (const int pass : {0, 1}) {  // the C library first; where there is none, the program is a static one
    for (const Mapping& mapping : mappings) {
      const bool libc = mapping.name.find("/libc.so.6") != std::string::npos ||
                        mapping.name.find("/libc-2.") != std::string::npos;
      libc_found |= libc;
      if (mapping.kind != MappingKind::kProgram || !mapping.IsWritable() || mapping.inode == 0) continue;
      if (libc != (pass == 0)) continue;
      if (std::optional<Arena> arena = SearchMainArena(memory, mapping, heap)) return arena;
    }
    if (libc_found) break;
  }
  return std::nullopt;
}

// Do chunks follow each other from here, up to the arena's top or for a good while?
bool LeadsOn(ProcessMemory& memory, uint64_t address, uint64_t top) {
  constexpr int kGoodWhile = 256;
  for (int count = 0; count < kGoodWhile && address != top; ++count) {
    uint64_t head = 0;
    if (address > top || !memory.ReadObject(address + 8, &head)) return false;
    const uint64_t size = head & ~uint64_t{7};
    if (size < 2 * kAlignment || size % kAlignment != 0 || (count == 0 && (head & 1) == 0)) return false;
    address += size;
  }
  return true;
}

// Others may have called sbrk before malloc did: a static program has its thread area there.
Run MainRun(ProcessMemory& memory, const Arena& arena, const Range& heap) {
  constexpr uint64_t kFarthest = uint64_t{16} << 10;
  uint64_t first = RoundUp(heap.begin);
  const uint64_t last = std::min(arena.state.top, first + kFarthest);
  while (first < last && !LeadsOn(memory, first, arena.state.top)) first += kAlignment;
  return {arena.address, first, heap.begin, heap.end};
}

bool ReadArena(ProcessMemory& memory, uint64_t address, Arena* arena) {
  arena->address = address;
  return memory.ReadObject(address, &arena->state) && BinsAreSound(arena->state, address);
}

void AddHeaps(ProcessMemory& memory, const std::vector<Heap>& heaps, Layout* layout) {
  uint64_t info_bytes = 0;
  std::set<uint64_t> known;
  for (const Heap& heap : heaps) {
    const uint64_t own = OwnInfoBytes(heap);
    Arena arena;
    if (own == 0 || !ReadArena(memory, heap.info.arena, &arena)) continue;
    info_bytes = own;
    known.insert(arena.address);
    layout->arenas.push_back(arena);
  }
  for (const Heap& heap : heaps) {
    if (!known.contains(heap.info.arena)) continue;
    const bool first = heap.info.arena == heap.begin + info_bytes;
    const uint64_t behind = heap.begin + info_bytes + (first ? sizeof(State) : 0);
    layout->runs.push_back({heap.info.arena, RoundUp(behind), heap.begin, heap.begin + heap.info.size});
  }
}

}  // namespace

Layout FindArenas(ProcessMemory& memory, const std::vector<Mapping>& mappings) {
  Layout layout;
  AddHeaps(memory, FindHeaps(memory, mappings), &layout);
  if (const std::optional<Arena> arena = FindMainArena(memory, mappings)) {
    layout.has_main = true;
    layout.arenas.push_back(*arena);
    layout.runs.push_back(MainRun(memory, *arena, FindMainHeap(mappings)));
  }
  return layout;
}

}  // namespace memgov::cli::glibc
