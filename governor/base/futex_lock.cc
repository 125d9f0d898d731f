#include "governor/base/futex_lock.h"

#include "governor/base/check.h"
#include "governor/base/os.h"

namespace memgov {
namespace {

constinit thread_local bool holds_all = false;  // between BeginFork and EndFork

constinit thread_local uint32_t held_ranks = 0;  // bit per rank

constexpr uint32_t BitOf(LockRank rank) { return 1U << static_cast<int>(rank); }

void NoteTaken(LockRank rank) {
#ifndef NDEBUG
  MEMGOV_CHECK((held_ranks >> static_cast<int>(rank)) == 0, "lock taken against its rank");
#endif
  held_ranks |= BitOf(rank);
}
void NoteLeft(LockRank rank) { held_ranks &= ~BitOf(rank); }

inline void Pause() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

const uint32_t* Word(const std::atomic<uint32_t>& state) { return reinterpret_cast<const uint32_t*>(&state); }

}  // namespace

void FutexLock::BeginFork() { holds_all = true; }
void FutexLock::EndFork() { holds_all = false; }
bool FutexLock::HoldsAll() { return holds_all; }
bool FutexLock::HoldsAny() { return holds_all || held_ranks != 0; }

bool FutexLock::HeldByThisThread() const { return (held_ranks & BitOf(rank_)) != 0; }

bool FutexLock::TryTake() {
  uint32_t expected = kFree;
  return state_.compare_exchange_strong(expected, kHeld, std::memory_order_acquire,
                                        std::memory_order_relaxed);
}

bool FutexLock::TryLock() {
  if (holds_all) return true;
  if (!TryTake()) return false;
  NoteTaken(rank_);
  return true;
}

void FutexLock::Lock() {
  if (holds_all) return;
  if (!TryTake()) LockSlow();
  NoteTaken(rank_);
}

void FutexLock::LockSlow() {
  for (int spin = 0; spin < 50; ++spin) {
    uint32_t expected = kFree;
    if (state_.load(std::memory_order_relaxed) == kFree &&
        state_.compare_exchange_weak(expected, kHeld, std::memory_order_acquire, std::memory_order_relaxed)) {
      return;
    }
    Pause();
  }
  while (state_.exchange(kContended, std::memory_order_acquire) != kFree) {
    os::FutexWait(Word(state_), kContended, -1);
  }
}

bool FutexLock::LockForFork() {
  constexpr int kMostMilliseconds = 10;
  if (TryTake()) return true;
  if (!HeldByThisThread()) {
    LockSlow();
    return true;
  }
  for (int waited = 0; waited < kMostMilliseconds; ++waited) {
    if (TryTake()) return true;
    os::SleepNanoseconds(1000000);
  }
  return false;
}

void FutexLock::LeaveAfterFork() {
  if (state_.exchange(kFree, std::memory_order_release) == kContended) os::FutexWake(Word(state_), 1);
}

void FutexLock::ReleaseInChild() {
  NoteLeft(rank_);
  state_.store(kFree, std::memory_order_relaxed);
}

void FutexLock::Unlock() {
  if (holds_all) return;
  NoteLeft(rank_);
  if (state_.exchange(kFree, std::memory_order_release) == kContended) os::FutexWake(Word(state_), 1);
}

}  // namespace memgov
