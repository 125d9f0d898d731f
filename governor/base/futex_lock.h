// A futex lock for everything that memgov guards: about 50 pauses, then a futex wait; never a pure spinlock
// (with more threads than CPUs the holder is often not running).
//
// Safety: not recursive; not for signal handlers; usable before constructors run and after destructors ran.
// Between fork's prepare and its parent/child handlers the forking thread holds every lock of ours: its own
// Lock and Unlock are no-ops then, because handlers of others may allocate in between (BeginFork/EndFork).
//
// Ranks, outermost first: callbacks, release, naming, pools, registry, and the arena engine's slots, groups,
// classes, pages. Debug builds check them.
#ifndef MEMGOV_GOVERNOR_BASE_FUTEX_LOCK_H_
#define MEMGOV_GOVERNOR_BASE_FUTEX_LOCK_H_

#include <stdint.h>

#include <atomic>

namespace memgov {

// Taken in the order of their numbers, and so held in it.
enum class LockRank : uint8_t {
  kCallbacks = 0,
  kRelease = 1,
  kNaming = 2,
  kPools = 3,
  kRegistry = 4,
  kSlots = 5,
  kGroups = 6,
  kClass = 7,
  kPages = 8
};

class FutexLock {
 public:
  constexpr explicit FutexLock(LockRank rank) : rank_(rank) {}

  void Lock();
  bool TryLock();
  void Unlock();

  // In a fork child, which inherits the lock as taken by itself: nobody can be waiting.
  void ReleaseInChild();

  // For fork's prepare, which takes many locks of one rank; undone by LeaveAfterFork or ReleaseInChild. False
  // when a lock of this rank is held by this thread (it forks from a signal handler that interrupted the
  // holder) and this one has not come free within 10 ms: then it may be that very one.
  bool LockForFork();
  void LeaveAfterFork();

  // A signal handler that forks may have interrupted the holder.
  bool HeldByThisThread() const;

  // The calling thread holds all locks from BeginFork to EndFork.
  static void BeginFork();
  static void EndFork();
  // Between the two, where a handler of others may call anything: what takes locks for longer has to wait.
  static bool HoldsAll();
  // Whether the calling thread holds a lock of ours: in a signal handler that interrupted its holder, too.
  static bool HoldsAny();

 private:
  enum : uint32_t { kFree, kHeld, kContended };

  // One attempt, whatever this thread holds otherwise.
  bool TryTake();
  void LockSlow();

  // Invariant: kContended whenever a thread may be waiting. Acquire on taking, release on leaving.
  std::atomic<uint32_t> state_{kFree};
  const LockRank rank_;
};

class FutexLockHolder {
 public:
  explicit FutexLockHolder(FutexLock& lock) : lock_(lock) { lock_.Lock(); }
  ~FutexLockHolder() { lock_.Unlock(); }
  FutexLockHolder(const FutexLockHolder&) = delete;
  FutexLockHolder& operator=(const FutexLockHolder&) = delete;

 private:
  FutexLock& lock_;
};

}  // namespace memgov

#endif  // MEMGOV_GOVERNOR_BASE_FUTEX_LOCK_H_
