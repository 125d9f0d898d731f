#include "shim/arena/chunk.h"

#include <string.h>
#include <sys/auxv.h>

#include "governor/base/os.h"

namespace memgov::arena {

constinit Root roots[kRoots];

namespace {

// Sanitizers have their shadow where we would look first, and know which other addresses are theirs.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kTakesHints = false;
#else
constexpr bool kTakesHints = true;
#endif

// Between programs and their heaps (85 TiB, or below 1 TiB) and libraries (127 TiB), and above the places
// that mimalloc tries first (2 to 32 TiB): 16384 places from 40 TiB on, begun at random.
constexpr uintptr_t kFirstHint = uintptr_t{40} << 40;
constexpr uintptr_t kHintPlaces = 16384;
constexpr int kMostHints = 64;

constinit uintptr_t next_place = kHintPlaces;  // kHintPlaces: not begun; under the page heap's lock

// The kernel's 16 random bytes for this program (getauxval(3)).
uintptr_t RandomPlace() {
  uintptr_t random = 0;
  const auto* bytes = reinterpret_cast<const void*>(getauxval(AT_RANDOM));
  if (bytes != nullptr) memcpy(&random, bytes, sizeof random);
  return random % kHintPlaces;
}

size_t RoundUpToChunk(size_t bytes) { return (bytes + kChunkAlignment - 1) & ~(kChunkAlignment - 1); }

bool IsOurs(uintptr_t from, uintptr_t roots_count) {
  for (uintptr_t root = from >> kChunkShift; roots_count > 0; ++root, --roots_count) {
    if (roots[root] != Root::kNobodys) return true;
  }
  return false;
}

// Round and round, past places that are ours; those of others cost a system call.
void* ReserveByHint(size_t bytes) {
  const uintptr_t places = RoundUpToChunk(bytes) / kChunkAlignment;
  if (places > kHintPlaces) return nullptr;
  if (next_place == kHintPlaces) next_place = RandomPlace();
  int tries = 0;
  for (uintptr_t looked = 0; looked < kHintPlaces && tries < kMostHints; ++looked) {
    if (next_place + places > kHintPlaces) next_place = 0;
    const uintptr_t hint = kFirstHint + next_place * kChunkAlignment;
    if (IsOurs(hint, places)) {
      ++next_place;
      continue;
    }
    next_place += places;
    ++tries;
    void* at = os::Reserve(reinterpret_cast<void*>(hint), bytes);
    if (at != nullptr) return at;
  }
  return nullptr;
}

// Wherever the kernel likes, with room to align, whose rest goes back.
void* ReserveAnywhere(size_t bytes) {
  const size_t room = bytes + kChunkAlignment - kPageBytes;
  void* begin = os::Reserve(nullptr, room);
  if (begin == nullptr) return nullptr;
  const uintptr_t from = reinterpret_cast<uintptr_t>(begin);
  const uintptr_t base = RoundUpToChunk(from);
  if (base != from) os::Unmap(begin, base - from);
  const uintptr_t end = from + room;
  if (base + bytes != end) os::Unmap(reinterpret_cast<void*>(base + bytes), end - base - bytes);
  return reinterpret_cast<void*>(base);
}

void* ReserveAligned(size_t bytes) {
  void* at = kTakesHints ? ReserveByHint(bytes) : nullptr;
  if (at == nullptr) at = ReserveAnywhere(bytes);
  if (at == nullptr || (reinterpret_cast<uintptr_t>(at) + bytes - 1) >> kChunkShift < kRoots) return at;
  os::Unmap(at, bytes);  // above 47 bits
  return nullptr;
}

void Enter(const Chunk& chunk, Root first, Root rest) {
  const uintptr_t begin = chunk.AddressOf(0) >> kChunkShift;
  const uintptr_t last = (chunk.AddressOf(chunk.pages) - 1) >> kChunkShift;
  for (uintptr_t root = last; root > begin; --root) roots[root] = rest;
  roots[begin] = first;
}

size_t RoundUpToPage(size_t bytes) { return (bytes + kPageBytes - 1) & ~(kPageBytes - 1); }

Chunk* Reserve(uint32_t pages, size_t metadata_bytes) {
  const size_t bytes = size_t{pages} * kPageBytes;
  void* at = ReserveAligned(bytes);
  if (at == nullptr) return nullptr;
  if (os::Commit(at, metadata_bytes) != 0) {
    os::Unmap(at, bytes);
    return nullptr;
  }
  auto* chunk = static_cast<Chunk*>(at);
  chunk->pages = pages;
  Enter(*chunk, Root::kChunk, Root::kRestOfSingle);
  return chunk;
}

}  // namespace

Chunk* ChunkHolding(const void* address) {
  uintptr_t root = reinterpret_cast<uintptr_t>(address) >> kChunkShift;
  if (root >= kRoots) return nullptr;
  while (root != 0 && roots[root] == Root::kRestOfSingle) --root;
  const void* begin = reinterpret_cast<void*>(root << kChunkShift);
  if (!IsInChunk(begin)) return nullptr;
  Chunk* chunk = ChunkOf(begin);
  return reinterpret_cast<uintptr_t>(address) < chunk->AddressOf(chunk->pages) ? chunk : nullptr;
}

uint32_t MetadataPages(uint32_t pages) {
  const size_t bytes = offsetof(Chunk, headers) + size_t{pages} * sizeof(SpanHeader);
  return static_cast<uint32_t>(RoundUpToPage(bytes) / kPageBytes);
}

Chunk* MakeChunk(uint32_t pages) {
  const uint32_t metadata_pages = MetadataPages(pages);
  Chunk* chunk = Reserve(pages, size_t{metadata_pages} * kPageBytes);
  if (chunk == nullptr) return nullptr;
  chunk->first_page = chunk->usable_pages = chunk->touched_pages = metadata_pages;
  return chunk;
}

Chunk* MakeSingleChunk(uint32_t pages, size_t alignment) {
  const size_t metadata_bytes = RoundUpToPage(offsetof(Chunk, headers));
  // A chunk lies on a multiple of 1 GiB; for more than that there is room to move.
  const size_t room = alignment <= kChunkAlignment ? (metadata_bytes + alignment - 1) & ~(alignment - 1)
                                                   : metadata_bytes + alignment;
  const size_t all_pages = room / kPageBytes + pages;
  if (all_pages > UINT32_MAX) return nullptr;
  Chunk* chunk = Reserve(static_cast<uint32_t>(all_pages), metadata_bytes);
  if (chunk == nullptr) return nullptr;
  chunk->single_block = (chunk->AddressOf(0) + metadata_bytes + alignment - 1) & ~(alignment - 1);
  chunk->single_pages = pages;
  return chunk;
}

void LeaveRoots(const Chunk& chunk) { Enter(chunk, Root::kNobodys, Root::kNobodys); }

void UnmapChunk(Chunk* chunk) { os::Unmap(chunk, size_t{chunk->pages} * kPageBytes); }

}  // namespace memgov::arena
