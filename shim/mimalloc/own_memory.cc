#include "shim/mimalloc/own_memory.h"

#include <atomic>

#include "governor/base/os.h"
#include "governor/budget/gate.h"
#include "governor/config/options.h"
#include "shim/arena/group_limits.h"
#include "shim/arena/groups.h"
#include "shim/arena/page_heap_state.h"
#include "shim/mimalloc/library.h"

namespace memgov::mimalloc::own_memory {
namespace {

constexpr size_t kSliceBytes = 64 << 10;  // MI_ARENA_SLICE_SIZE of 3.6
constexpr size_t kLeastBytes = 32 << 20;  // MI_ARENA_MIN_SIZE
constexpr size_t kFirstBytes = size_t{256} << 20;
constexpr size_t kMostBytes = size_t{4} << 30;
constexpr size_t kExclusiveBytes = size_t{1} << 30;  // address space: small blocks of one pool
constexpr int kAreasPerDoubling = 4;
constexpr uint32_t kWordBits = 64;

// Which slices hold memory: a bit each. mimalloc never works on one slice in two threads at a time, but on
// neighbours in one word: each change is one atomic operation, relaxed, since only the sum is read by others.
struct Area {
  uintptr_t begin;
  uint32_t group;
  std::atomic<uint64_t> committed[kMostBytes / kSliceBytes / kWordBits];
};

// Relaxed: figures. Written inside the guard.
constinit std::atomic<uint64_t> committed_bytes[arena::kMostGroups] = {};
// Of the shared group.
constinit std::atomic<uint64_t> reserved_bytes{0};
constinit std::atomic<int> areas{0};

// One at a time; always inside the guard, so that fork never finds it taken.
constinit std::atomic<bool> growing{false};

void Count(uint32_t group, int64_t bytes) {
  committed_bytes[group].fetch_add(static_cast<uint64_t>(bytes), std::memory_order_relaxed);
  arena::group_limits::Change(group, bytes);
}

// Sets or clears the slices' bits; returns how many changed.
uint64_t Mark(Area& area, uintptr_t at, size_t bytes, bool committed) {
  uint64_t changed = 0;
  uint32_t slice = static_cast<uint32_t>((at - area.begin) / kSliceBytes);
  const uint32_t end = slice + static_cast<uint32_t>((bytes + kSliceBytes - 1) / kSliceBytes);
  while (slice < end) {
    const uint32_t bit = slice % kWordBits;
    const uint32_t count = end - slice < kWordBits - bit ? end - slice : kWordBits - bit;
    const uint64_t mask = (count == kWordBits ? ~uint64_t{0} : (uint64_t{1} << count) - 1) << bit;
    std::atomic<uint64_t>& word = area.committed[slice / kWordBits];
    const uint64_t before = committed ? word.fetch_or(mask, std::memory_order_relaxed)
                                      : word.fetch_and(~mask, std::memory_order_relaxed);
    changed += static_cast<uint64_t>(__builtin_popcountll(committed ? mask & ~before : mask & before));
    slice += count;
  }
  return changed * kSliceBytes;
}

// What mimalloc asks for may hold slices already: those are counted, and asked for at the gate, by no more
// than their range, and put right afterwards.
bool Take(Area& area, uintptr_t at, size_t bytes, bool* is_zero) {
  if (!arena::group_limits::MayHold(area.group, bytes) || !gate::TryTake(bytes, false)) return false;
  const uint64_t fresh = Mark(area, at, bytes, true);
  if (fresh < bytes) gate::Untake(bytes - fresh);
  Count(area.group, static_cast<int64_t>(fresh));
  if (is_zero != nullptr) *is_zero = fresh >= bytes;
  return true;
}

bool GiveBack(Area& area, uintptr_t at, size_t bytes) {
  if (os::Discard(reinterpret_cast<void*>(at), bytes) != 0) return false;
  Count(area.group, -static_cast<int64_t>(Mark(area, at, bytes, false)));
  return true;
}

// From within mimalloc, on any thread and on several at once: allocates nothing.
bool Commit(bool commit, void* start, size_t size, bool* is_zero, void* argument) {
  Area& area = *static_cast<Area*>(argument);
  const uintptr_t at = reinterpret_cast<uintptr_t>(start);
  return commit ? Take(area, at, size, is_zero) : GiveBack(area, at, size);
}

// Address space on a multiple of the alignment; 0 when refused.
uintptr_t ReserveAligned(size_t bytes, size_t alignment) {
  const size_t whole = bytes + alignment;
  const auto begin = reinterpret_cast<uintptr_t>(os::Reserve(nullptr, whole));
  if (begin == 0) return 0;
  const uintptr_t aligned = (begin + alignment - 1) & ~(alignment - 1);
  if (aligned != begin) os::Unmap(reinterpret_cast<void*>(begin), aligned - begin);
  const uintptr_t end = begin + whole;
  if (end != aligned + bytes) os::Unmap(reinterpret_cast<void*>(aligned + bytes), end - aligned - bytes);
  void* const at = reinterpret_cast<void*>(aligned);
  if (os::Commit(at, bytes) == 0) {
    os::AdviseHugePages(at, bytes, options::Get(Option::kHugePages) != 0);
    return aligned;
  }
  os::Unmap(at, bytes);
  return 0;
}

// mimalloc's name for it; nullptr when refused.
void* AddArea(size_t bytes, uint32_t group) {
  auto* area = static_cast<Area*>(os::MapAnonymous(sizeof(Area)));
  if (area == nullptr) return nullptr;
  area->group = group;
  area->begin = ReserveAligned(bytes, functions.arena_min_alignment());
  void* const at = reinterpret_cast<void*>(area->begin);
  void* name = nullptr;
  if (area->begin != 0 && functions.manage_memory(at, bytes, false, false, true, -1,
                                                  group != arena::groups::kShared, Commit, area, &name))
    return name;
  // The books it may have begun are its own metadata's, which it gave up with the area.
  if (area->begin != 0) {
    Count(group, -static_cast<int64_t>(Mark(*area, area->begin, bytes, false)));
    os::Unmap(at, bytes);
  }
  os::Unmap(area, sizeof(Area));
  return nullptr;
}

// A process whose address space is limited gets by with an eighth of the limit.
size_t AtMostAnEighth(size_t bytes) {
  const uint64_t limit = os::AddressSpaceLimit();
  while (limit != UINT64_MAX && bytes > limit / 8) bytes /= 2;
  return bytes;
}

size_t NextBytes() {
  const int doublings = areas.load(std::memory_order_relaxed) / kAreasPerDoubling;
  return AtMostAnEighth(doublings < 4 ? kFirstBytes << doublings : kMostBytes);
}

bool AddSomeArea() {
  for (size_t bytes = NextBytes(); bytes >= kLeastBytes; bytes /= 2) {
    if (AddArea(bytes, arena::groups::kShared) == nullptr) continue;
    reserved_bytes.fetch_add(bytes, std::memory_order_relaxed);
    areas.fetch_add(1, std::memory_order_relaxed);
    return true;
  }
  return false;
}

}  // namespace

bool InUse() { return areas.load(std::memory_order_relaxed) != 0; }

bool Start() {
  if (arena::pages::strict_overcommit.load(std::memory_order_relaxed)) return false;
  functions.option_set(k36PageCommitOnDemand, 0);  // a page is taken whole: Commit is told of every slice
  if (!AddSomeArea()) return false;
  functions.option_set(k36DisallowOsAlloc, 1);  // what the gate refuses is refused
  return true;
}

bool Grow(bool now) {
  if (!InUse()) return false;
  const uint64_t reserved = reserved_bytes.load(std::memory_order_relaxed);
  if (!now && CommittedBytes(arena::groups::kShared) < reserved / 2) return false;
  if (growing.exchange(true, std::memory_order_acquire)) return false;
  const bool grown = AddSomeArea();
  growing.store(false, std::memory_order_release);
  return grown;
}

void* AddExclusive(uint32_t group) {
  for (size_t bytes = AtMostAnEighth(kExclusiveBytes); bytes >= kLeastBytes; bytes /= 2) {
    if (void* name = AddArea(bytes, group); name != nullptr) return name;
  }
  return nullptr;
}

uint64_t CommittedBytes() {
  uint64_t bytes = 0;
  for (const std::atomic<uint64_t>& of_group : committed_bytes)
    bytes += of_group.load(std::memory_order_relaxed);
  return bytes;
}

uint64_t CommittedBytes(uint32_t group) { return committed_bytes[group].load(std::memory_order_relaxed); }

}  // namespace memgov::mimalloc::own_memory
