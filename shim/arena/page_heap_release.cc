// Giving pages back, and the figures.
#include "governor/base/os.h"
#include "shim/arena/page_heap_state.h"

namespace memgov::arena::pages {
namespace {

constexpr uint32_t kSlicePages = (512 << 10) / kPageBytes;
constexpr uint32_t kHeadersPerPage = kPageBytes / sizeof(SpanHeader);

// A run in limbo: neither free nor used. Fork cannot see one: it waits for the release lock first.
struct Limbo {
  Chunk* chunk = nullptr;
  PageRun run{kNoPage, 0};
};

void EnterLimbo(Limbo& limbo, bool dirty) {
  limbo.chunk->free.Clear(limbo.run.first, limbo.run.count);
  if (dirty) {
    limbo.chunk->dirty.Clear(limbo.run.first, limbo.run.count);
    state.dirty -= limbo.run.count;
  }
  state.limbo += limbo.run.count;
}

// Where a pass has come to: from the last chunk's end downwards.
struct Cursor {
  Chunk* chunk = nullptr;
  uint32_t below = 0;
};

Chunk* ChunkBefore(const Chunk* chunk) {
  Chunk* before = nullptr;
  for (Chunk* each = state.first; each != chunk; each = each->next) before = each;
  return before;
}

constinit uint64_t longest_hold_ns = 0;  // under the release lock

// What anybody else can have waited for us.
class MeasuredHold {
 public:
  MeasuredHold() {
    Lock().Lock();
    begin_ns_ = os::NowNanoseconds();
  }
  ~MeasuredHold() {
    const uint64_t held_ns = os::NowNanoseconds() - begin_ns_;
    Lock().Unlock();
    if (held_ns > longest_hold_ns) longest_hold_ns = held_ns;
  }
  MeasuredHold(const MeasuredHold&) = delete;
  MeasuredHold& operator=(const MeasuredHold&) = delete;

 private:
  uint64_t begin_ns_;
};

Limbo TakeDirty(Cursor& cursor, uint32_t most) {
  const MeasuredHold hold;
  while (cursor.chunk != nullptr) {
    const PageRun run = cursor.chunk->dirty.LastRun(cursor.below, most);
    if (run.count != 0) {
      Limbo limbo{cursor.chunk, run};
      EnterLimbo(limbo, true);
      cursor.below = run.first;
      return limbo;
    }
    cursor.chunk = ChunkBefore(cursor.chunk);
    cursor.below = kChunkPages;
  }
  return {};
}

// Where nothing is overcommitted, memory that is only discarded stays charged.
int Surrender(const Limbo& limbo, bool decommit) {
  void* at = reinterpret_cast<void*>(limbo.chunk->AddressOf(limbo.run.first));
  const size_t bytes = size_t{limbo.run.count} * kPageBytes;
  if (!decommit) return os::Discard(at, bytes);
  const int error = os::Decommit(at, bytes);
  if (error == 0) os::AdviseHugePages(at, bytes, huge_pages.load(std::memory_order_relaxed));
  return error;
}

enum class Outcome : uint8_t { kUntouched, kRefused, kDiscarded, kDecommitted };

void LeaveLimbo(const Limbo& limbo, Outcome outcome) {
  const MeasuredHold hold;
  state.limbo -= limbo.run.count;
  if (outcome == Outcome::kDecommitted) {
    limbo.chunk->voids.Set(limbo.run.first, limbo.run.count);
    state.usable -= limbo.run.count;
  } else {
    PutFree(*limbo.chunk, limbo.run.first, limbo.run.count, false);
  }
  if (outcome == Outcome::kRefused) {  // as before: nothing that anybody would have to be told
    limbo.chunk->dirty.Set(limbo.run.first, limbo.run.count);
    state.dirty += limbo.run.count;
  }
  if (outcome >= Outcome::kDiscarded) state.given_back += limbo.run.count;
}

Cursor Top() {
  FutexLockHolder hold(Lock());
  return {state.last, kChunkPages};
}

// The page of headers that describes 64 free and clean pages, taken into limbo so that nobody uses one
// meanwhile. Looks through one chunk at most, for it has the lock; nothing: go on with the cursor's next.
Limbo TakeHeaders(Cursor& cursor) {
  const MeasuredHold hold;
  Chunk& chunk = *cursor.chunk;
  while (cursor.below >= kHeadersPerPage) {
    cursor.below -= kHeadersPerPage;
    const uint32_t first = cursor.below;
    const uint32_t place = first / kHeadersPerPage;
    if ((chunk.headers_touched[place / 64] >> (place % 64) & 1) == 0) continue;
    if (!chunk.free.AllSet(first, kHeadersPerPage) || chunk.dirty.AnySet(first, kHeadersPerPage)) continue;
    Limbo limbo{&chunk, {first, kHeadersPerPage}};
    EnterLimbo(limbo, false);
    return limbo;
  }
  cursor.chunk = ChunkBefore(&chunk);
  cursor.below = kChunkPages;
  return {};
}

void ForgetHeaders(const Limbo& limbo) {
  const uint32_t place = limbo.run.first / kHeadersPerPage;
  FutexLockHolder hold(Lock());
  limbo.chunk->headers_touched[place / 64] &= ~(uint64_t{1} << (place % 64));
  state.metadata_bytes -= kPageBytes;
}

}  // namespace

uint64_t GiveBack(uint64_t most_bytes, uint64_t deadline_ns) {
  const bool decommit = strict_overcommit.load(std::memory_order_relaxed);
  uint64_t pages_left = most_bytes / kPageBytes;
  uint64_t given_back = 0;
  Cursor cursor = Top();
  while (pages_left != 0) {
    const uint32_t most = pages_left < kSlicePages ? static_cast<uint32_t>(pages_left) : kSlicePages;
    const Limbo limbo = TakeDirty(cursor, most);
    if (limbo.chunk == nullptr) break;
    const bool refused = Surrender(limbo, decommit) != 0;
    LeaveLimbo(limbo, refused ? Outcome::kRefused : decommit ? Outcome::kDecommitted : Outcome::kDiscarded);
    pages_left -= limbo.run.count;
    if (!refused) given_back += limbo.run.count;
    if (deadline_ns != UINT64_MAX && os::NowNanoseconds() >= deadline_ns) break;
  }
  return given_back * kPageBytes;
}

uint64_t TakeLongestHoldNs() {
  const uint64_t longest = longest_hold_ns;
  longest_hold_ns = 0;
  return longest;
}

uint64_t SlabBytesLocked() { return state.slab * kPageBytes; }

uint64_t GiveBackMetadata() {
  uint64_t given_back = 0;
  Cursor cursor = Top();
  while (cursor.chunk != nullptr) {
    const Limbo limbo = TakeHeaders(cursor);
    if (limbo.chunk == nullptr) continue;
    if (os::Discard(&limbo.chunk->headers[limbo.run.first], kPageBytes) == 0) {
      ForgetHeaders(limbo);
      given_back += kPageBytes;
    }
    LeaveLimbo(limbo, Outcome::kUntouched);
  }
  return given_back;
}

void NoteRecentGiveBack(bool recent) { recent_give_back.store(recent, std::memory_order_relaxed); }

namespace {

Figures Copy() {
  Figures figures;
  figures.slab_bytes = state.slab * kPageBytes;
  figures.large_bytes = state.large * kPageBytes;
  figures.dirty_bytes = state.dirty * kPageBytes;
  figures.limbo_bytes = state.limbo * kPageBytes;
  figures.usable_bytes = state.usable * kPageBytes;
  figures.reserved_bytes = state.reserved * kPageBytes;
  figures.metadata_bytes = state.metadata_bytes;
  figures.peak_used_bytes = state.peak_used * kPageBytes;
  figures.refaulted_bytes = state.refaulted * kPageBytes;
  figures.given_back_bytes = state.given_back * kPageBytes;
  figures.allocations = state.allocations;
  for (uint32_t group = 0; group < kMostGroups; ++group) {
    figures.group_large[group] = state.group_large[group] * kPageBytes;
    figures.group_slab[group] = state.group_slab[group] * kPageBytes;
  }
  return figures;
}

}  // namespace

Figures Read() {
  FutexLockHolder hold(Lock());
  return Copy();
}

Figures ReadAndRestartPeak() {
  FutexLockHolder hold(Lock());
  const Figures figures = Copy();
  state.peak_used = state.slab + state.large;
  return figures;
}

}  // namespace memgov::arena::pages
