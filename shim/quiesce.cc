#include "shim/quiesce.h"

#include "governor/base/os.h"
#include "governor/pools/thread_registry.h"

namespace memgov::quiesce {

constinit std::atomic<uint32_t> claim{kOpen};

namespace {

constinit std::atomic<const ThreadRecord*> claimant{nullptr};  // written before claim, read after it
constinit std::atomic<bool> started{false};

const uint32_t* ClaimWord() { return reinterpret_cast<const uint32_t*>(&claim); }

// A filter that came after Start may refuse membarrier now. Entrants fence for themselves from here on; those
// already under way have long drained their store buffers when the sleep ends.
void FenceEverybody() {
  if ((claim.load(std::memory_order_relaxed) & kFence) == 0 && os::Membarrier(os::Barrier::kRun) != 0) {
    claim.fetch_or(kFence, std::memory_order_seq_cst);
    os::SleepNanoseconds(2000000);
  }
  std::atomic_thread_fence(std::memory_order_seq_cst);
}

bool IsInside(const ThreadRecord& record) {
  return (record.busy.load(std::memory_order_acquire) & kInside) != 0;
}

// A thread may have died inside (cancelled): it will never leave, and nobody else is there.
bool WaitUntilOutside(const ThreadRecord& record, uint64_t deadline_ns) {
  constexpr uint64_t kLongestPauseNs = 1000000;
  uint64_t pause_ns = 1000;
  while (IsInside(record)) {
    if (pause_ns >= kLongestPauseNs && !os::ThreadExists(record.tid.load(std::memory_order_relaxed)))
      return true;
    if (os::NowNanoseconds() >= deadline_ns) return false;
    os::SleepNanoseconds(pause_ns);
    if (pause_ns < kLongestPauseNs) pause_ns *= 2;
  }
  return true;
}

bool IsKeptOut(const ThreadRecord& record, uint32_t seen) {
  if ((seen & kClaimed) != 0 && claimant.load(std::memory_order_acquire) != &record) return true;
  // Acquire: the word may have been read while others are claimed, before this thread was let go of.
  return (seen & kSomeClaimed) != 0 && record.claimed.load(std::memory_order_acquire) != 0;
}

}  // namespace

void Start() {
  started.store(true, std::memory_order_relaxed);
  // Both steps are tried: seccomp may let the one through and refuse the other.
  if (os::Membarrier(os::Barrier::kRegister) == 0 && os::Membarrier(os::Barrier::kRun) == 0) {
    claim.fetch_and(~uint32_t{kFence},
                    std::memory_order_seq_cst);  // a fork before this found no registration
  } else {
    claim.fetch_or(kFence, std::memory_order_seq_cst);
  }
}

void EnterSlow(ThreadRecord& record) {
  const uint32_t inside = record.busy.load(std::memory_order_relaxed);
  for (;;) {
    std::atomic_thread_fence(std::memory_order_seq_cst);
    const uint32_t seen = claim.load(std::memory_order_acquire);
    if (!IsKeptOut(record, seen)) return;
    record.busy.store(inside & ~uint32_t{kInside}, std::memory_order_release);
    os::FutexWait(ClaimWord(), seen, -1);
    record.busy.store(inside, std::memory_order_relaxed);
  }
}

Entry EnterVforked(ThreadRecord& record) {
  const uint32_t busy = record.busy.load(std::memory_order_relaxed);
  const pid_t parent = record.vfork_thread.load(std::memory_order_relaxed);  // 0: it runs again
  const bool in_child = parent != 0 && parent != os::ThreadId();
  if (in_child && (busy & kInside) != 0) return Entry::kNested;
  if (!in_child) record.vfork_thread.store(0, std::memory_order_relaxed);
  record.busy.store(in_child ? kVforked | kInside : kInside, std::memory_order_relaxed);
  if ((busy & kInsideBefore) != 0) return Entry::kNested;
  std::atomic_signal_fence(std::memory_order_seq_cst);
  if (claim.load(std::memory_order_acquire) != kOpen) EnterSlow(record);
  return in_child ? Entry::kOutermostOfChild : Entry::kOutermost;
}

void LeaveInChild(ThreadRecord& record) { record.busy.store(kVforked, std::memory_order_release); }

void BeforeVfork(ThreadRecord& record) {
  if (!started.load(std::memory_order_relaxed)) return;
  const uint32_t busy = record.busy.load(std::memory_order_relaxed);
  const bool inside = (busy & kVforked) == 0 ? (busy & kInside) != 0 : (busy & kInsideBefore) != 0;
  record.busy.store(inside ? kVforked | kInside | kInsideBefore : kVforked, std::memory_order_relaxed);
}

int ClaimSome(ThreadRecord** records, int count) {
  for (int index = 0; index < count; ++index) records[index]->claimed.store(1, std::memory_order_relaxed);
  claim.fetch_or(kSomeClaimed, std::memory_order_seq_cst);
  FenceEverybody();
  int outside = 0;
  for (int index = 0; index < count; ++index) {
    if (!IsInside(*records[index])) {
      records[outside++] = records[index];
    } else {
      LetGo(*records[index]);
    }
  }
  return outside;
}

void LetGo(ThreadRecord& record) {
  record.claimed.store(0, std::memory_order_release);
  claim.fetch_add(kLetGo, std::memory_order_release);
  os::FutexWake(ClaimWord(), INT32_MAX);
}

void LetAllGo() {
  claim.fetch_and(kClaimed | kFence, std::memory_order_release);
  os::FutexWake(ClaimWord(), INT32_MAX);
}

bool ClaimAllBefore(uint64_t deadline_ns) {
  claimant.store(threads::current, std::memory_order_release);
  claim.fetch_or(kClaimed, std::memory_order_seq_cst);
  FenceEverybody();
  bool outside = true;
  threads::ForEachRecord([&](ThreadRecord& record) {
    if (&record != threads::current) outside = outside && WaitUntilOutside(record, deadline_ns);
  });
  return outside;
}

void ClaimAll() { ClaimAllBefore(UINT64_MAX); }

void Release() {
  claimant.store(nullptr, std::memory_order_relaxed);
  claim.fetch_and(~uint32_t{kClaimed}, std::memory_order_release);
  os::FutexWake(ClaimWord(), INT32_MAX);
}

void ReleaseInChild(ThreadRecord* self) {
  claimant.store(nullptr, std::memory_order_relaxed);
  claim.fetch_and(kFence, std::memory_order_relaxed);
  if (self != nullptr) self->claimed.store(0, std::memory_order_relaxed);
}

}  // namespace memgov::quiesce
