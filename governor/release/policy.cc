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

Decision ReleasePolicy::Tick(const PolicyReadings& readings) {
  if (!started_) {
    started_ = true;
    window_begin_ns_ = released_ns_ = readings.now_ns;
    window_activity_ = Activity(readings);
  }
  // Signed: the sum is read while threads come and go, and may step back a little.
  if (static_cast<int64_t>(Activity(readings) - window_activity_) >= static_cast<int64_t>(kIdleBytes)) {
    window_begin_ns_ = readings.now_ns;
    window_activity_ = Activity(readings);
  }
  Decision decision;
  if (IdleDue(readings)) {
    decision.trigger = Trigger::kIdle;
  } else if (PeriodicDue(readings)) {
    decision.trigger = Trigger::kPeriodic;
  }
  if (decision.trigger != Trigger::kNone) {
    released_ns_ = readings.now_ns;
    released_activity_ = Activity(readings);
    window_begin_ns_ = readings.now_ns;
    window_activity_ = Activity(readings);
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
