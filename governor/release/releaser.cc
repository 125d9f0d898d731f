#include "governor/release/releaser.h"

#include <atomic>

#include "governor/base/os.h"
#include "governor/base/proc_self.h"
#include "governor/pools/pool_table.h"

namespace memgov {
namespace {

constexpr int kReasons = static_cast<int>(ReleaseReason::kCount);

struct Counters {
  std::atomic<uint64_t> passes{0};
  std::atomic<uint64_t> bytes{0};
};
constinit Counters counters[kReasons];  // relaxed: figures for reading only
constinit std::atomic<uint64_t> longest_ns{0};
constinit FutexLock release_lock{LockRank::kRelease};
constinit std::atomic<bool> closed{
    false};  // relaxed: the pass in progress ends early, a later one does nothing

// What is held beyond live from now on is the doing of peaks from now on.
void ForgetPeaks() {
  for (int id = 0; id < pools::Count(); ++id) {
    Pool& pool = pools::Get(static_cast<PoolId>(id));
    pool.peak_bytes.store(pool.live_bytes.load(std::memory_order_relaxed), std::memory_order_relaxed);
  }
}

}  // namespace

const char* ReleaseReasonName(ReleaseReason reason) {
  constexpr const char* kNames[kReasons] = {"idle", "periodic", "api",      "malloc_trim", "window",
                                            "soft", "hard",     "pressure", "emergency",   "pool"};
  return kNames[static_cast<int>(reason)];
}

namespace releaser {

namespace {

void NoteStall(uint64_t duration_ns) {
  uint64_t longest = longest_ns.load(std::memory_order_relaxed);
  while (duration_ns > longest &&
         !longest_ns.compare_exchange_weak(longest, duration_ns, std::memory_order_relaxed)) {
  }
}

template <typename GiveBack>
size_t ReleaseLocked(ReleaseReason reason, GiveBack&& give_back) {
  if (closed.load(std::memory_order_relaxed)) return 0;
  const uint64_t before = ReadResidentMemory().anonymous_bytes;
  NoteStall(give_back());
  const uint64_t after = ReadResidentMemory().anonymous_bytes;
  // A reading that failed is 0, and no process is that small: then nothing is claimed.
  const uint64_t bytes = after != 0 && before > after ? before - after : 0;
  Counters& counted = counters[static_cast<int>(reason)];
  counted.passes.fetch_add(1, std::memory_order_relaxed);
  counted.bytes.fetch_add(bytes, std::memory_order_relaxed);
  if (bytes != 0) ForgetPeaks();
  return bytes;
}

}  // namespace

namespace {

// In fork's handlers the engine stands still, and a signal handler may have interrupted the pass itself.
bool MayRelease() { return !FutexLock::HoldsAll() && !release_lock.HeldByThisThread(); }

// Soft budgets and the kernel's signs come under traffic, and call for no stall: what is at rest, the idle
// release has or will have.
bool IsWorthAStall(const EngineControl& engine, ReleaseReason reason) {
  if (!engine.ReleaseStopsTraffic()) return true;
  return reason != ReleaseReason::kSoft && reason != ReleaseReason::kPressure &&
         reason != ReleaseReason::kPool;
}

}  // namespace

size_t Release(EngineControl& engine, ReleaseReason reason, uint64_t most_bytes) {
  if (!MayRelease() || !IsWorthAStall(engine, reason)) return 0;
  release_lock.Lock();
  const size_t bytes = ReleaseLocked(reason, [&] { return engine.GiveBack(most_bytes); });
  release_lock.Unlock();
  return bytes;
}

size_t TryRelease(EngineControl& engine, ReleaseReason reason) {
  if (!MayRelease() || !IsWorthAStall(engine, reason) || !release_lock.TryLock()) return 0;
  const size_t bytes = ReleaseLocked(reason, [&] { return engine.GiveBack(UINT64_MAX); });
  release_lock.Unlock();
  return bytes;
}

size_t ReleaseWithin(EngineControl& engine, ReleaseReason reason, uint64_t deadline_ns) {
  constexpr uint64_t kAgainNs = 500000;
  if (!MayRelease()) return 0;
  while (!release_lock.TryLock()) {
    if (os::NowNanoseconds() + kAgainNs >= deadline_ns) return 0;
    os::SleepNanoseconds(kAgainNs);
  }
  const size_t bytes = ReleaseLocked(reason, [&] { return engine.GiveBackUntil(deadline_ns); });
  release_lock.Unlock();
  return bytes;
}

size_t ReleaseOn(bool own_thread, EngineControl& engine, ReleaseReason reason, uint64_t most_bytes) {
  return own_thread ? Release(engine, reason, most_bytes) : TryRelease(engine, reason);
}

uint64_t TickEngine(EngineControl& engine, uint64_t now_ns) {
  constexpr uint64_t kAgainNs = 50 * 1000000;
  if (closed.load(std::memory_order_relaxed)) return UINT64_MAX;
  if (!MayRelease() || !release_lock.TryLock()) return kAgainNs;
  const EngineTick tick = engine.Tick(now_ns);
  release_lock.Unlock();
  NoteStall(tick.stall_ns);
  if (tick.given_back_bytes != 0) {
    Counters& counted = counters[static_cast<int>(ReleaseReason::kWindow)];
    counted.passes.fetch_add(1, std::memory_order_relaxed);
    counted.bytes.fetch_add(tick.given_back_bytes, std::memory_order_relaxed);
  }
  return tick.sleep_ns;
}

void ResetInChild() {
  for (Counters& counted : counters) {
    counted.passes.store(0, std::memory_order_relaxed);
    counted.bytes.store(0, std::memory_order_relaxed);
  }
  longest_ns.store(0, std::memory_order_relaxed);
}

void Close() {
  constexpr int kMostMilliseconds = 1000;
  closed.store(true, std::memory_order_relaxed);
  if (release_lock.HeldByThisThread()) return;  // exit interrupted the pass itself, from a signal handler
  for (int waited = 0; waited < kMostMilliseconds; ++waited) {
    if (release_lock.TryLock()) return release_lock.Unlock();
    os::SleepNanoseconds(1000000);
  }
}

bool IsClosed() { return closed.load(std::memory_order_relaxed); }

ReleaseTotals Totals(ReleaseReason reason) {
  const Counters& counted = counters[static_cast<int>(reason)];
  return {counted.passes.load(std::memory_order_relaxed), counted.bytes.load(std::memory_order_relaxed)};
}

ReleaseTotals AllTotals() {
  ReleaseTotals sum;
  for (int reason = 0; reason < kReasons; ++reason) {
    const ReleaseTotals one = Totals(static_cast<ReleaseReason>(reason));
    sum.passes += one.passes;
    sum.bytes += one.bytes;
  }
  return sum;
}

uint64_t LongestStallNs() { return longest_ns.load(std::memory_order_relaxed); }
FutexLock& Lock() { return release_lock; }

}  // namespace releaser
}  // namespace memgov
