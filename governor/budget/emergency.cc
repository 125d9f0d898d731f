#include "governor/budget/emergency.h"

#include <atomic>

#include "governor/base/futex_lock.h"
#include "governor/base/os.h"
#include "governor/budget/state.h"
#include "governor/release/releaser.h"

namespace memgov {
namespace {

// kNone -> kUnderWay by the thread that releases, with acquire; back with release, and a futex wake. Whoever
// sees kUnderWay may wait on it, for a bounded time.
enum : uint32_t { kNone, kUnderWay };
constinit std::atomic<uint32_t> under_way{kNone};
constinit std::atomic<uint64_t> last_ns{0};  // begin of the last one; 0: none yet

// Relaxed: figures for reading only.
constinit std::atomic<uint64_t> count{0};
constinit std::atomic<uint64_t> released_bytes{0};
constinit std::atomic<uint64_t> longest_ns{0};

// Relaxed: the wake that follows orders it.
constinit std::atomic<bool> wanted{false};
constinit std::atomic<bool> has_governor{false};

constinit thread_local bool never_waits = false;

const uint32_t* Word() { return reinterpret_cast<const uint32_t*>(&under_way); }

void NoteWait(uint64_t begin_ns) {
  const uint64_t waited = os::NowNanoseconds() - begin_ns;
  uint64_t longest = longest_ns.load(std::memory_order_relaxed);
  while (waited > longest && !longest_ns.compare_exchange_weak(longest, waited, std::memory_order_relaxed)) {
  }
}

// True when it ended within the bound.
bool WaitForOther(uint64_t begin_ns) {
  const uint64_t deadline_ns = begin_ns + budget::kEmergencyNs;
  while (under_way.load(std::memory_order_acquire) == kUnderWay) {
    const uint64_t now_ns = os::NowNanoseconds();
    if (now_ns >= deadline_ns) return false;
    os::FutexWait(Word(), kUnderWay, static_cast<int64_t>(deadline_ns - now_ns));
  }
  return true;
}

// Engines that take all their locks for a release of any size: the governor's thread does it, woken already,
// and this one waits for the end of a pass.
bool WaitForGovernor(uint64_t begin_ns) {
  constexpr uint64_t kLookNs = 500000;
  if (!has_governor.load(std::memory_order_relaxed)) return false;
  wanted.store(true, std::memory_order_relaxed);
  budget::WakeGovernor();
  const uint64_t passes = releaser::AllTotals().passes;
  while (os::NowNanoseconds() - begin_ns < budget::kEmergencyNs) {
    os::SleepNanoseconds(kLookNs);
    if (releaser::AllTotals().passes != passes) return true;
  }
  return false;
}

bool IsDue(uint64_t now_ns) {
  const uint64_t last = last_ns.load(std::memory_order_relaxed);
  return last == 0 || now_ns - last >= budget::kEmergencyAgainNs;
}

bool ReleaseHere(uint64_t begin_ns) {
  if (!budget::engine->GivesBackInSlices()) return WaitForGovernor(begin_ns);
  released_bytes.fetch_add(
      releaser::ReleaseWithin(*budget::engine, ReleaseReason::kEmergency, begin_ns + budget::kEmergencyNs),
      std::memory_order_relaxed);
  return true;
}

}  // namespace

void budget::NeverWaitOnThisThread() { never_waits = true; }

bool emergency::Release() {
  if (never_waits || FutexLock::HoldsAll() || releaser::Lock().HeldByThisThread()) return false;
  const uint64_t begin_ns = os::NowNanoseconds();
  uint32_t expected = kNone;
  bool done = false;
  if (IsDue(begin_ns) && under_way.compare_exchange_strong(expected, kUnderWay, std::memory_order_acquire)) {
    last_ns.store(begin_ns, std::memory_order_relaxed);
    count.fetch_add(1, std::memory_order_relaxed);
    done = ReleaseHere(begin_ns);
    under_way.store(kNone, std::memory_order_release);
    os::FutexWake(Word(), INT32_MAX);
  } else if (under_way.load(std::memory_order_acquire) == kUnderWay) {
    done = WaitForOther(begin_ns);
  } else {
    return false;
  }
  NoteWait(begin_ns);
  return done;
}

bool emergency::TakeRequest() {
  has_governor.store(true, std::memory_order_relaxed);
  return wanted.exchange(false, std::memory_order_relaxed);
}

budget::Counters emergency::ReadCounters() {
  budget::Counters counters;
  counters.emergencies = count.load(std::memory_order_relaxed);
  counters.emergency_bytes = released_bytes.load(std::memory_order_relaxed);
  counters.emergency_longest_ns = longest_ns.load(std::memory_order_relaxed);
  return counters;
}

void emergency::ResetInChild() {
  has_governor.store(false, std::memory_order_relaxed);
  wanted.store(false, std::memory_order_relaxed);
  never_waits = false;
  under_way.store(kNone, std::memory_order_relaxed);
  last_ns.store(0, std::memory_order_relaxed);
  count.store(0, std::memory_order_relaxed);
  released_bytes.store(0, std::memory_order_relaxed);
  longest_ns.store(0, std::memory_order_relaxed);
}

}  // namespace memgov
