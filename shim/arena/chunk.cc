#include "shim/arena/chunk.h"

#include <string.h>
#include <sys/auxv.h>

#include "governor/base/os.h"

namespace memgov::arena {

constinit std::atomic<Chunk*> roots[kRoots];

namespace {

// Sanitizers have their shadow where we would look first, and know which other addresses are theirs.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kTakesHints = false;
#else
constexpr bool kTakesHints = true;
#endif

// Between programs and their heaps (85 TiB, or below 1 TiB) and libraries (127 TiB): 16384 places from 4 TiB
// on, begun at random.
constexpr uintptr_t kFirstHint = uintptr_t{4} << 40;
constexpr uintptr_t kHintPlaces = 16384;
constexpr int kMostHints = 64;

constinit uintptr_t next_hint = 0;  // under the page heap's lock

// The kernel's 16 random bytes for this program (getauxval(3)).
uintptr_t RandomPlace() {
  uintptr_t random = 0;
  const auto* bytes = reinterpret_cast<const void*>(getauxval(AT_RANDOM));
  if (bytes != nullptr) memcpy(&random, bytes, sizeof random);
  return random % kHintPlaces;
}

size_t RoundUpToChunk(size_t bytes) { return (bytes + kChunkAlignment - 1) & ~(kChunkAlignment - 1); }

void* ReserveByHint(size_t bytes) {
  if (next_hint == 0) next_hint = kFirstHint + RandomPlace() * kChunkAlignment;
  for (int tries = 0; tries < kMostHints; ++tries) {
    void* at = os::Reserve(reinterpret_cast<void*>(next_hint), bytes);
    next_hint += RoundUpToChunk(bytes);
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

void Enter(const Chunk& chunk, Chunk* value) {
  const uintptr_t first = chunk.base >> kChunkShift;
  const uintptr_t last = (chunk.base + size_t{chunk.pages} * kPageBytes - 1) >> kChunkShift;
  for (uintptr_t root = first; root <= last; ++root) roots[root].store(value, std::memory_order_release);
}

}  // namespace

size_t MetadataBytes(uint32_t pages, bool single_block) {
  const size_t headers = single_block ? 1 : pages;
  const size_t bytes = offsetof(Chunk, headers) + headers * sizeof(SpanHeader);
  return (bytes + kPageBytes - 1) & ~(kPageBytes - 1);
}

Chunk* MakeChunk(uint32_t pages, bool single_block) {
  void* base = ReserveAligned(size_t{pages} * kPageBytes);
  if (base == nullptr) return nullptr;
  auto* chunk = static_cast<Chunk*>(os::MapAnonymous(MetadataBytes(pages, single_block)));
  if (chunk == nullptr) {
    os::Unmap(base, size_t{pages} * kPageBytes);
    return nullptr;
  }
  chunk->base = reinterpret_cast<uintptr_t>(base);
  chunk->pages = pages;
  chunk->single_block = single_block;
  Enter(*chunk, chunk);
  return chunk;
}

void LeaveRoots(const Chunk& chunk) { Enter(chunk, nullptr); }

void UnmapChunk(Chunk* chunk) {
  const size_t metadata_bytes = MetadataBytes(chunk->pages, chunk->single_block);
  os::Unmap(reinterpret_cast<void*>(chunk->base), size_t{chunk->pages} * kPageBytes);
  os::Unmap(chunk, metadata_bytes);
}

}  // namespace memgov::arena
