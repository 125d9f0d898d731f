// Plan: which requests begin when; shared by all receivers.
//
// Safety: any thread.
#ifndef BENCHMARKS_POOL_CHURN_PLAN_H_
#define BENCHMARKS_POOL_CHURN_PLAN_H_

#include <atomic>
#include <cstdint>
#include <optional>

#include "monotonic.h"

namespace pool_churn {

struct PlanLimits {
  double seconds = 0;     // no request begins later than this after the start ...
  uint64_t requests = 0;  // ... or, where not 0, beyond this many
  double rate = 0;        // requests begun per second; 0: as soon as a connection is free
};

class Plan {
 public:
  explicit Plan(PlanLimits limits) : limits_(limits), started_ns_(NowNs()) {}

  struct Start {
    uint64_t number;
    int64_t due_ns;
  };

  // The next request for the caller to begin at its time; nothing when the load is over.
  std::optional<Start> Next() {
    const uint64_t number = next_.fetch_add(1, std::memory_order_relaxed);
    const int64_t due_ns =
        limits_.rate > 0 ? started_ns_ + AfterStart(static_cast<double>(number) / limits_.rate) : NowNs();
    const bool over = limits_.requests > 0 ? number >= limits_.requests
                                           : due_ns >= started_ns_ + AfterStart(limits_.seconds);
    if (over) return std::nullopt;
    return Start{number, due_ns};
  }

  int64_t started_ns() const { return started_ns_; }

 private:
  static int64_t AfterStart(double seconds) { return static_cast<int64_t>(seconds * 1e9); }

  const PlanLimits limits_;
  const int64_t started_ns_;
  std::atomic<uint64_t> next_{0};
};

}  // namespace pool_churn

#endif  // BENCHMARKS_POOL_CHURN_PLAN_H_
