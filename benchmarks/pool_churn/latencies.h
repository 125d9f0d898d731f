// Latencies: how long requests took, counted in steps, in memory that was there from the start.
//
// Safety: any thread adds; read when nothing is added any more.
#ifndef BENCHMARKS_POOL_CHURN_LATENCIES_H_
#define BENCHMARKS_POOL_CHURN_LATENCIES_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace pool_churn {

class Latencies {
 public:
  void Add(int64_t nanoseconds) {
    const auto step = static_cast<size_t>(nanoseconds / kStepNs);
    counts_[step < kSteps ? step : kSteps - 1].fetch_add(1, std::memory_order_relaxed);
    total_.fetch_add(1, std::memory_order_relaxed);
  }

  void Clear() {
    for (std::atomic<uint32_t>& count : counts_) {
      if (count != 0) count = 0;  // a page that was never written stays unwritten
    }
    total_ = 0;
  }

  uint64_t total() const { return total_; }

  // The upper end of the step that holds the percentile; 0 where nothing was added.
  double PercentileMs(double percent) const {
    const double wanted = percent / 100 * static_cast<double>(total_);
    uint64_t below = 0;
    for (size_t step = 0; step < kSteps; ++step) {
      below += counts_[step];
      if (below > 0 && static_cast<double>(below) >= wanted) {
        return static_cast<double>(step + 1) * kStepNs * 1e-6;
      }
    }
    return 0;
  }

 private:
  static constexpr int64_t kStepNs = 250'000;
  static constexpr size_t kSteps = 40'000;  // 10 s; what takes longer counts as that

  std::array<std::atomic<uint32_t>, kSteps> counts_{};
  std::atomic<uint64_t> total_{0};
};

}  // namespace pool_churn

#endif  // BENCHMARKS_POOL_CHURN_LATENCIES_H_
