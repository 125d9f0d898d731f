#include "governor/release/policy.h"

namespace memgov {

bool ReleasePolicy::IdleDue(const PolicyReadings& readings) const {
  return settings_.idle_ns != 0 && readings.now_ns - window_begin_ns_ >= settings_.idle_ns &&
         Activity(readings) != released_activity_;
}

bool ReleasePolicy::PeriodicDue(const PolicyReadings& readings) const {
  return settings_.trim_interval_ns != 0 && readings.now_ns - released_ns_ >= settings_.trim_interval_ns &&
         Activity(readings) != released_activity_;
}

bool ReleasePolicy::LullDue(const PolicyReadings& readings) {
  if (settings_.lull_interval_ns == 0 || settings_.idle_ns == 0) return false;
  const uint64_t passed_ns = readings.now_ns - span_begin_ns_;
  if (passed_ns < settings_.idle_ns) return false;
  const int64_t done = static_cast<int64_t>(Activity(readings) - span_activity_);
  const uint64_t bytes_per_ms = (done > 0 ? static_cast<uint64_t>(done) : 0) / (passed_ns / 1000000 + 1);
  span_begin_ns_ = readings.now_ns;
  span_activity_ = Activity(readings);
  if (bytes_per_ms > fastest_bytes_per_ms_) fastest_bytes_per_ms_ = bytes_per_ms;
  if (bytes_per_ms >= fastest_bytes_per_ms_ / kLullShare ||
      readings.now_ns - released_ns_ < settings_.lull_interval_ns)
    return false;
  return true;
}

Decision ReleasePolicy::Tick(const PolicyReadings& readings) {
  if (!started_) {
    started_ = true;
    window_begin_ns_ = span_begin_ns_ = released_ns_ = readings.now_ns;
    window_activity_ = span_activity_ = Activity(readings);
  }
  // Signed: the sum is read while threads come and go, and may step back a little.
  if (static_cast<int64_t>(Activity(readings) - window_activity_) >= static_cast<int64_t>(kIdleBytes)) {
    window_begin_ns_ = readings.now_ns;
    window_activity_ = Activity(readings);
  }
  Decision decision;
  const bool lull = LullDue(readings);
  if (IdleDue(readings) || lull) {
    decision.trigger = Trigger::kIdle;
  } else if (PeriodicDue(readings)) {
    decision.trigger = Trigger::kPeriodic;
  }
  if (decision.trigger != Trigger::kNone) {
    released_ns_ = readings.now_ns;
    released_activity_ = Activity(readings);
    window_begin_ns_ = span_begin_ns_ = readings.now_ns;
    window_activity_ = span_activity_ = Activity(readings);
    fastest_bytes_per_ms_ = 0;
  }
  const bool anything_due = settings_.idle_ns != 0 || settings_.trim_interval_ns != 0;
  if (!anything_due || Activity(readings) == released_activity_) {
    decision.sleep_ns = kSleepUntilWoken;
    return decision;
  }
  const uint64_t quarter = settings_.idle_ns != 0 ? settings_.idle_ns / 4 : kLongestSleepNs;
  decision.sleep_ns = quarter < kShortestSleepNs  ? kShortestSleepNs
                      : quarter > kLongestSleepNs ? kLongestSleepNs
                                                  : quarter;
  return decision;
}

}  // namespace memgov
