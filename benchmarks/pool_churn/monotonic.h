// Nanoseconds on CLOCK_MONOTONIC: the axis that gateway_load and libcounting.so use, too.
//
// Safety: any thread; no allocation.
#ifndef BENCHMARKS_POOL_CHURN_MONOTONIC_H_
#define BENCHMARKS_POOL_CHURN_MONOTONIC_H_

#include <chrono>
#include <cstdint>

namespace pool_churn {

inline int64_t NowNs() {
  return std::chrono::nanoseconds(std::chrono::steady_clock::now().time_since_epoch()).count();
}

inline std::chrono::steady_clock::time_point TimePoint(int64_t monotonic_ns) {
  return std::chrono::steady_clock::time_point(std::chrono::nanoseconds(monotonic_ns));
}

inline double Seconds(int64_t nanoseconds) { return static_cast<double>(nanoseconds) * 1e-9; }

}  // namespace pool_churn

#endif  // BENCHMARKS_POOL_CHURN_MONOTONIC_H_
