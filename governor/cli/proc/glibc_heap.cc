#include "governor/cli/proc/glibc_heap.h"

#include <algorithm>
#include <array>
#include <optional>

#include "absl/strings/str_cat.h"
#include "governor/cli/proc/glibc_layout.h"
#include "governor/cli/proc/process_memory.h"

namespace memgov::cli {
namespace {

constexpr uint64_t kPreviousInUse = 1;  // flags in a chunk's size (malloc.c)
constexpr uint64_t kMapped = 2;
constexpr uint64_t kFlags = 7;
constexpr uint64_t kSmallestChunk = 32;
constexpr uint64_t kAlignment = 16;
constexpr uint64_t kFencepost = 16;
// From here on it pays to look which of a used block's pages were ever touched.
constexpr uint64_t kLargeChunk = uint64_t{64} << 10;
constexpr int kMostFastChunks = 1 << 22;

struct Chunk {
  uint64_t previous_size = 0;
  uint64_t head = 0;

  uint64_t size() const { return head & ~kFlags; }
};

// tcache_perthread_struct: a used block of its own. Since 2.30 counts have 16 bits.
constexpr size_t kCacheBins = 64;
struct ThreadCache {
  std::array<uint16_t, kCacheBins> counts;
  std::array<uint64_t, kCacheBins> entries;
};
struct OldThreadCache {
  std::array<uint8_t, kCacheBins> counts;
  std::array<uint64_t, kCacheBins> entries;
};
constexpr uint64_t kCacheChunk = sizeof(ThreadCache) + 16;        // 0x290
constexpr uint64_t kOldCacheChunk = sizeof(OldThreadCache) + 16;  // 0x250

class Walker {
 public:
  Walker(ProcessMemory& memory, const glibc::Layout& layout) : memory_(memory), layout_(layout) {}

  // True when the run's chunks lead to its end.
  bool WalkRun(const glibc::Run& run);
  void AddFastBins(const glibc::Arena& arena);
  GlibcHeap& heap() { return heap_; }

 private:
  uint64_t TopOf(const glibc::Run& run) const;
  bool InRuns(uint64_t address) const;
  void AddUsed(uint64_t address, uint64_t size);
  template <typename Cache>
  std::optional<uint64_t> CachedIn(uint64_t chunk);
  uint64_t NextFast(uint64_t link_address, uint64_t link) const;

  ProcessMemory& memory_;
  const glibc::Layout& layout_;
  GlibcHeap heap_;
};

uint64_t Walker::TopOf(const glibc::Run& run) const {
  for (const glibc::Arena& arena : layout_.arenas) {
    if (arena.address == run.arena) return arena.state.top;
  }
  return 0;
}

bool Walker::InRuns(uint64_t address) const {
  return std::any_of(layout_.runs.begin(), layout_.runs.end(), [address](const glibc::Run& run) {
    return address >= run.first_chunk && address < run.end;
  });
}

// What the cache holds, if the block at `chunk` is one: every list that has a length leads to a chunk of its
// size, every other to nothing.
template <typename Cache>
std::optional<uint64_t> Walker::CachedIn(uint64_t chunk) {
  Cache cache;
  if (!memory_.ReadObject(chunk + 16, &cache)) return std::nullopt;
  uint64_t bytes = 0;
  for (size_t bin = 0; bin < kCacheBins; ++bin) {
    const uint64_t entry = cache.entries[bin];
    if ((cache.counts[bin] == 0) != (entry == 0)) return std::nullopt;
    if (entry == 0) continue;
    Chunk first;
    const uint64_t size = kSmallestChunk + kAlignment * bin;
    if (entry % kAlignment != 0 || !InRuns(entry) || !memory_.ReadObject(entry - 16, &first) ||
        first.size() != size) {
      return std::nullopt;
    }
    bytes += size * cache.counts[bin];
  }
  return bytes;
}

void Walker::AddUsed(uint64_t address, uint64_t size) {
  heap_.used_bytes += size >= kLargeChunk ? memory_.ResidentBytes(address, address + size) : size;
  if (size == kCacheChunk) heap_.cached_bytes += CachedIn<ThreadCache>(address).value_or(0);
  if (size == kOldCacheChunk) heap_.cached_bytes += CachedIn<OldThreadCache>(address).value_or(0);
}

bool Walker::WalkRun(const glibc::Run& run) {
  const uint64_t top = TopOf(run);
  uint64_t address = run.first_chunk;
  uint64_t size = 0;  // of the chunk before `address`; whether it is used is in the next one's flags
  bool whole = false;
  while (address + sizeof(Chunk) <= run.end) {
    Chunk chunk;
    if (!memory_.ReadObject(address, &chunk)) break;
    if (size > 0) {
      if ((chunk.head & kPreviousInUse) != 0) {
        AddUsed(address - size, size);
      } else {
        heap_.free_bytes += size;
      }
    }
    size = chunk.size();
    if (address == top) heap_.top_bytes += std::min(size, run.end - address);
    // An arena's last heap ends with its top, the others with fenceposts.
    whole = address == top || ((size == 0 || size == kFencepost) && run.end - address <= 2 * kSmallestChunk);
    if (whole) break;
    const bool sound = size >= kSmallestChunk && size % kAlignment == 0 && size <= run.end - address &&
                       (chunk.head & kMapped) == 0;
    if (!sound) break;
    address += size;
  }
  heap_.walked_bytes += memory_.ResidentBytes(run.begin, whole ? run.end : address);
  return whole;
}

// Since 2.32 links are masked with the address that they are stored at (PROTECT_PTR).
uint64_t Walker::NextFast(uint64_t link_address, uint64_t link) const {
  const uint64_t unmasked = link ^ (link_address >> 12);
  if (link == 0 || unmasked == 0) return 0;
  for (const uint64_t candidate : {unmasked, link}) {
    if (candidate % kAlignment == 0 && InRuns(candidate)) return candidate;
  }
  return 0;
}

void Walker::AddFastBins(const glibc::Arena& arena) {
  for (int bin = 0; bin < glibc::kFastBins; ++bin) {
    const uint64_t size = kSmallestChunk + kAlignment * static_cast<uint64_t>(bin);
    uint64_t address = arena.state.fast_bins[bin];
    for (int count = 0; address != 0 && count < kMostFastChunks; ++count) {
      Chunk chunk;
      uint64_t link = 0;
      if (address % kAlignment != 0 || !InRuns(address) || !memory_.ReadObject(address, &chunk) ||
          chunk.size() != size || !memory_.ReadObject(address + 16, &link)) {
        break;
      }
      heap_.fast_bin_bytes += size;
      address = NextFast(address + 16, link);
    }
  }
}

}  // namespace

absl::StatusOr<GlibcHeap> WalkGlibcHeap(int pid, const std::vector<Mapping>& mappings,
                                        const std::function<void(double)>& progress,
                                        const std::string& root) {
  absl::StatusOr<ProcessMemory> memory = ProcessMemory::Open(pid, root);
  if (absl::IsPermissionDenied(memory.status())) {
    return absl::PermissionDeniedError(absl::StrCat("process ", pid,
                                                    ": reading its memory takes the right to trace "
                                                    "it (root, or kernel.yama.ptrace_scope 0)"));
  }
  if (!memory.ok()) return memory.status();
  const glibc::Layout layout = glibc::FindArenas(*memory, mappings);
  if (layout.runs.empty())
    return absl::NotFoundError(absl::StrCat("process ", pid, ": no heap of glibc's that is recognised"));
  Walker walker(*memory, layout);
  bool complete = layout.has_main;
  double done = 0;
  for (const glibc::Run& run : layout.runs) {
    progress(done++ / static_cast<double>(layout.runs.size()));
    complete &= walker.WalkRun(run);
  }
  for (const glibc::Arena& arena : layout.arenas) walker.AddFastBins(arena);
  GlibcHeap heap = walker.heap();
  heap.arenas = layout.arenas.size();
  heap.has_main = layout.has_main;
  heap.has_other = layout.arenas.size() > (layout.has_main ? 1u : 0u);
  for (const Mapping& mapping : mappings) {
    if (mapping.kind == MappingKind::kMainHeap || mapping.kind == MappingKind::kMallocArena)
      heap.resident_bytes += mapping.resident_bytes;
  }
  heap.complete = complete;
  // Caches and fast bins were counted as used.
  heap.used_bytes -= std::min(heap.used_bytes, heap.cached_bytes + heap.fast_bin_bytes);
  return heap;
}

}  // namespace memgov::cli
