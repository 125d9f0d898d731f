// When to give memory back: a pure function of readings and of what it remembers. No clock, no files, no
// engine.
//
// Two triggers. Idle: less than 1 MiB was allocated for as long as MEMGOV_IDLE_MS says (silence alone would
// be too strict: health checks never stop). Periodic: MEMGOV_TRIM_INTERVAL has passed since the last release
// and the process allocated or freed in between (a process under steady load is never idle). A process in
// which nothing happened since its last release asks for no further wake-up.
//
// Where releases stop traffic there is a lull instead of the periodic one, and it counts as idle: over the
// idle time the process did less than a sixteenth of the most that it did in such a time since the last
// release. Steady traffic is never a lull, whatever its rate; low traffic after a burst is one, once.
#ifndef MEMGOV_GOVERNOR_RELEASE_POLICY_H_
#define MEMGOV_GOVERNOR_RELEASE_POLICY_H_

#include <stdint.h>

namespace memgov {

struct PolicySettings {
  uint64_t trim_interval_ns = 0;  // 0: never
  uint64_t idle_ns = 0;           // 0: never
  uint64_t lull_interval_ns = 0;  // at most one for a lull in this time; 0: never
};

struct PolicyReadings {
  uint64_t now_ns = 0;
  uint64_t allocated_bytes = 0;  // since the start, all threads
  uint64_t freed_bytes = 0;      // since the start, sampled
};

enum class Trigger : uint8_t { kNone, kIdle, kPeriodic };

struct Decision {
  Trigger trigger = Trigger::kNone;
  uint64_t sleep_ns = 0;  // until the next look; kSleepUntilWoken: no timer at all
};
constexpr uint64_t kSleepUntilWoken = UINT64_MAX;

class ReleasePolicy {
 public:
  // Traffic below this within the idle time counts as silence.
  static constexpr uint64_t kIdleBytes = 1 << 20;
  static constexpr uint64_t kLullShare = 16;
  static constexpr uint64_t kShortestSleepNs = 10 * 1000000ULL;
  static constexpr uint64_t kLongestSleepNs = 250 * 1000000ULL;

  constexpr ReleasePolicy() = default;
  explicit constexpr ReleasePolicy(PolicySettings settings) : settings_(settings) {}

  // The settings may change while it runs: the next Tick goes by the new ones.
  void Use(PolicySettings settings) { settings_ = settings; }

  // Called on every wake-up with the readings of that moment. When it names a trigger, the caller releases.
  Decision Tick(const PolicyReadings& readings);

 private:
  uint64_t Activity(const PolicyReadings& readings) const {
    return readings.allocated_bytes + readings.freed_bytes;
  }
  bool IdleDue(const PolicyReadings& readings) const;
  bool PeriodicDue(const PolicyReadings& readings) const;
  bool LullDue(const PolicyReadings& readings);

  PolicySettings settings_;
  bool started_ = false;
  // The window of "less than 1 MiB": its begin and the activity then.
  uint64_t window_begin_ns_ = 0;
  uint64_t window_activity_ = 0;
  // Spans of the idle time, for lulls: the begin of the one in hand, and the fastest since the last release.
  uint64_t span_begin_ns_ = 0;
  uint64_t span_activity_ = 0;
  uint64_t fastest_bytes_per_ms_ = 0;
  uint64_t released_ns_ = 0;
  uint64_t released_activity_ = 0;
};

}  // namespace memgov

#endif  // MEMGOV_GOVERNOR_RELEASE_POLICY_H_
