// How much of its free memory the arena engine gives back, and when: a pure function of readings and of what
// it remembers. No clock, no files, no engine.
//
// The law. What was in use at some moment of the last window (250 ms at first) will be needed again soon, so
// free pages up to that peak may keep their memory; of what is beyond, a quarter goes back each tick. When no
// slot was refilled for two ticks nobody allocates: the slots are drained and all goes back. Then there is no
// timer until the engine's slow path wakes the governor.
//
// The regret controller. A page that is needed within a second of being given back is a regret: it was work
// for the governor's thread, and costs whoever needs it a page fault. When a second's regrets cost that
// thread over 0.2 % of one CPU (2,000 pages; the faults then cost the program 0.5 %), the window grows by
// half, at most to 5 s; after the hold, each second that stays below shortens it by a tenth, at least to 100
// ms. A tick is a fifth of the window, within 50 to 250 ms, so a long window also waits longer for silence,
// yet all is asked back within 750 ms of the last refill.
//
// Safety: no locks, no allocation; one thread at a time. About 1 KiB, constant-initialized.
//
// Assumptions: peak_used_bytes begins anew with each reading. Readings may disagree slightly, counters may
// restart (fork), the clock may stand still, jump ahead or restart.
#ifndef MEMGOV_GOVERNOR_RELEASE_DEMAND_WINDOW_H_
#define MEMGOV_GOVERNOR_RELEASE_DEMAND_WINDOW_H_

#include <stdint.h>

#include "governor/release/policy.h"  // kSleepUntilWoken

namespace memgov {

struct WindowReadings {
  uint64_t now_ns = 0;
  uint64_t used_bytes = 0;       // pages in use by slabs and large blocks
  uint64_t peak_used_bytes = 0;  // the highest since the last reading
  uint64_t dirty_bytes = 0;      // free pages that still hold memory of the kernel's
  uint64_t cached_bytes = 0;     // free blocks in per-CPU slots
  uint64_t refills = 0;          // counter: fetches by slots from slabs and by large blocks from pages
  uint64_t refaulted_bytes = 0;  // counter: handed out less than a second after they had been given back
};

struct WindowDecision {
  uint64_t give_back_bytes = 0;  // dirty pages up to this; kGiveBackAll after a drain, if there is one
  bool drain_slots = false;      // before giving back
  uint64_t sleep_ns = 0;         // until the next tick; kSleepUntilWoken: no timer at all
};
constexpr uint64_t kGiveBackAll = UINT64_MAX;

// The highest use of the last seconds, in a ring of buckets of 50 ms.
class PeakHistory {
 public:
  static constexpr uint64_t kBucketNs = 50 * 1000000ULL;
  static constexpr uint64_t kBuckets = 100;

  void Note(uint64_t now_ns, uint64_t bytes);  // no earlier than the last note
  // Over a span that ends with the last note; longer spans than the ring count as the ring.
  uint64_t Highest(uint64_t span_ns) const;

 private:
  uint64_t newest_ = 0;  // number of the newest bucket, counted from the clock's zero
  uint64_t peaks_[kBuckets] = {};
};

class DemandWindow {
 public:
  static constexpr uint64_t kShortestWindowNs = 100 * 1000000ULL;
  static constexpr uint64_t kFirstWindowNs = 250 * 1000000ULL;
  static constexpr uint64_t kLongestWindowNs = PeakHistory::kBuckets * PeakHistory::kBucketNs;
  static constexpr uint64_t kShortestTickNs = 50 * 1000000ULL;
  static constexpr uint64_t kLongestTickNs = 250 * 1000000ULL;
  static constexpr uint64_t kLongestSleepNs = 1000 * 1000000ULL;

  // An excess up to this goes back at once: halving crumbs would cost more ticks than they are worth.
  static constexpr uint64_t kSmallExcessBytes = 512 << 10;
  // What may stay at rest. A cached block of 16 bytes can hold a page, so of these few are worth a drain.
  static constexpr uint64_t kDirtyFloorBytes = 64 << 10;
  static constexpr uint64_t kCachedFloorBytes = 4 << 10;

  // madvise of a 4 KiB page in runs of 45, with the flushes of other CPUs' TLBs: measured (docs/arena.md).
  static constexpr uint64_t kRegretNsPerPage = 1000;
  static constexpr uint64_t kRegretPerMille = 2;
  static constexpr uint64_t kControlNs = 1000 * 1000000ULL;
  // A load that repeats within the longest window shows its regrets once in that time: no shortening before.
  static constexpr uint64_t kHoldNs = kLongestWindowNs;

  constexpr DemandWindow() = default;

  // Called when the sleep is over or the slow path woke the governor. A call that comes early (less than
  // three quarters of a tick after the last) only notes the peak and asks for the rest of the sleep.
  WindowDecision Tick(const WindowReadings& readings);

  uint64_t WindowNs() const { return window_ns_; }
  uint64_t TickNs() const;

 private:
  void Restart(const WindowReadings& readings);
  void Observe(const WindowReadings& readings);
  void Control(const WindowReadings& readings);
  bool RegretsTooMuch(const WindowReadings& readings, uint64_t elapsed_ns) const;
  uint64_t Excess(const WindowReadings& readings) const;
  WindowDecision Decide(const WindowReadings& readings);
  uint64_t BackOff();
  bool Silent() const { return quiet_ticks_ >= kQuietTicks; }

  static constexpr int kQuietTicks = 2;

  bool started_ = false;
  uint64_t window_ns_ = kFirstWindowNs;
  PeakHistory history_;
  WindowReadings last_;       // of the last tick
  int quiet_ticks_ = 0;       // without a refill, at most kQuietTicks
  bool asked_all_ = false;    // by the last tick
  bool fruitless_ = false;    // all was asked for, and nothing changed
  uint64_t back_off_ns_ = 0;  // the last sleep, while fruitless
  uint64_t control_begin_ns_ = 0;
  uint64_t control_refaulted_bytes_ = 0;  // the counter then
  uint64_t hold_until_ns_ = 0;
};

}  // namespace memgov

#endif  // MEMGOV_GOVERNOR_RELEASE_DEMAND_WINDOW_H_
