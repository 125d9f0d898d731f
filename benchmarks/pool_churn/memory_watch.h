// MemoryWatch: this process's resident set, every 20 ms, without a block of its own.
//
// Safety: one at a time; one thread starts it and takes the series.
// Assumptions: /proc/self/statm, which may lag by some 64 pages for each CPU (per-CPU counters of the
// kernel).
#ifndef BENCHMARKS_POOL_CHURN_MEMORY_WATCH_H_
#define BENCHMARKS_POOL_CHURN_MEMORY_WATCH_H_

#include <atomic>
#include <thread>

#include "series.h"

namespace pool_churn {

class MemoryWatch {
 public:
  MemoryWatch();
  ~MemoryWatch();
  MemoryWatch(const MemoryWatch&) = delete;
  MemoryWatch& operator=(const MemoryWatch&) = delete;

  // Ends the watch. Times are in seconds after `zero_ns`.
  gateway_load::Series Stop(int64_t zero_ns);

 private:
  void Run();

  const int statm_;
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

}  // namespace pool_churn

#endif  // BENCHMARKS_POOL_CHURN_MEMORY_WATCH_H_
