#include "governor/release/demand_window.h"

namespace memgov {
namespace {

constexpr uint64_t kPageBytes = 4096;

constexpr uint64_t Larger(uint64_t one, uint64_t other) { return one > other ? one : other; }
constexpr uint64_t Smaller(uint64_t one, uint64_t other) { return one < other ? one : other; }
constexpr uint64_t Beyond(uint64_t bytes, uint64_t limit) { return bytes > limit ? bytes - limit : 0; }

}  // namespace

void PeakHistory::Note(uint64_t now_ns, uint64_t bytes) {
  const uint64_t bucket = now_ns / kBucketNs;
  const uint64_t skipped = Smaller(bucket - newest_, kBuckets);
  for (uint64_t back = 0; back < skipped; ++back) peaks_[(bucket - back) % kBuckets] = 0;
  newest_ = bucket;
  uint64_t& peak = peaks_[newest_ % kBuckets];
  peak = Larger(peak, bytes);
}

uint64_t PeakHistory::Highest(uint64_t span_ns) const {
  // No bucket is older than the clock's zero, and no more of them fit into the ring.
  const uint64_t buckets = Smaller(Smaller((span_ns + kBucketNs - 1) / kBucketNs, kBuckets), newest_ + 1);
  uint64_t highest = 0;
  for (uint64_t back = 0; back < buckets; ++back) {
    highest = Larger(highest, peaks_[(newest_ - back) % kBuckets]);
  }
  return highest;
}

uint64_t DemandWindow::TickNs() const {
  return Larger(kShortestTickNs, Smaller(kLongestTickNs, window_ns_ / 5));
}

// The window's length is kept: it says something about the load, not about the clock.
void DemandWindow::Restart(const WindowReadings& readings) {
  const uint64_t window_ns = window_ns_;
  *this = DemandWindow();
  started_ = true;
  window_ns_ = window_ns;
  last_ = readings;
  control_begin_ns_ = readings.now_ns;
  control_refaulted_bytes_ = readings.refaulted_bytes;
}

void DemandWindow::Observe(const WindowReadings& readings) {
  if (readings.refills != last_.refills) {
    quiet_ticks_ = 0;
  } else if (!Silent()) {
    ++quiet_ticks_;
  }
  const bool changed = readings.used_bytes != last_.used_bytes || readings.dirty_bytes != last_.dirty_bytes ||
                       readings.cached_bytes != last_.cached_bytes;
  fruitless_ = asked_all_ && !changed;
  if (!fruitless_) back_off_ns_ = 0;
  last_ = readings;
}

bool DemandWindow::RegretsTooMuch(const WindowReadings& readings, uint64_t elapsed_ns) const {
  const uint64_t refaulted = Beyond(readings.refaulted_bytes, control_refaulted_bytes_);
  const uint64_t cost_ns = refaulted / kPageBytes * kRegretNsPerPage;
  // Time at rest was no load's time, and would hide what the load paid.
  const uint64_t counted_ns = Smaller(elapsed_ns, kControlNs + kLongestTickNs);
  return cost_ns > counted_ns / 1000 * kRegretPerMille;
}

void DemandWindow::Control(const WindowReadings& readings) {
  const uint64_t elapsed_ns = readings.now_ns - control_begin_ns_;
  if (elapsed_ns < kControlNs) return;
  if (RegretsTooMuch(readings, elapsed_ns)) {
    window_ns_ = Smaller(kLongestWindowNs, window_ns_ + window_ns_ / 2);
    hold_until_ns_ = readings.now_ns + kHoldNs;
  } else if (readings.now_ns >= hold_until_ns_) {
    window_ns_ = Larger(kShortestWindowNs, window_ns_ - window_ns_ / 10);
  }
  control_begin_ns_ = readings.now_ns;
  control_refaulted_bytes_ = readings.refaulted_bytes;
}

uint64_t DemandWindow::Excess(const WindowReadings& readings) const {
  const uint64_t may_stay = Beyond(history_.Highest(window_ns_), readings.used_bytes);
  return Beyond(readings.dirty_bytes, may_stay);
}

// Pages that stay dirty (locked memory refuses madvise) and slots that cannot be drained must not keep the
// process awake: twice the time at each attempt, and after the longest no timer.
uint64_t DemandWindow::BackOff() {
  if (!fruitless_) return TickNs();
  if (back_off_ns_ >= kLongestSleepNs) return kSleepUntilWoken;
  back_off_ns_ = Smaller(kLongestSleepNs, 2 * Larger(back_off_ns_, TickNs()));
  return back_off_ns_;
}

WindowDecision DemandWindow::Decide(const WindowReadings& readings) {
  const bool drainable = readings.cached_bytes > kCachedFloorBytes;
  if (quiet_ticks_ > 0 && !drainable && readings.dirty_bytes <= kDirtyFloorBytes) {
    quiet_ticks_ = 0;  // the wake-up that ends the rest is no silence, even when it comes from a free
    return {0, false, kSleepUntilWoken};
  }
  asked_all_ = Silent();
  if (asked_all_) return {kGiveBackAll, drainable, BackOff()};
  const uint64_t excess = Excess(readings);
  return {excess <= kSmallExcessBytes ? excess : excess / 4, false, TickNs()};
}

WindowDecision DemandWindow::Tick(const WindowReadings& readings) {
  const bool first = !started_ || readings.now_ns < last_.now_ns;
  if (first) Restart(readings);
  history_.Note(readings.now_ns, Larger(readings.peak_used_bytes, readings.used_bytes));
  if (first) return {0, false, TickNs()};
  const uint64_t elapsed_ns = readings.now_ns - last_.now_ns;
  if (elapsed_ns < TickNs() / 4 * 3) return {0, false, TickNs() - elapsed_ns};
  Observe(readings);
  Control(readings);
  return Decide(readings);
}

}  // namespace memgov
