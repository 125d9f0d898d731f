// RssSampler: the resident set of a process and its children, every 20 ms.
//
// Reads /proc/PID/statm (VmRSS in pages): a microsecond, where smaps_rollup walks every page table. The
// kernel keeps the figure in per-CPU or per-thread parts and may lag by some 64 pages for each. Safety: one
// thread starts and stops it; sampling runs on a thread of its own. Assumptions: children are those of the
// main thread (what a master process forks); they are looked for twice a second, and pages that they share
// are counted for each.
#ifndef BENCHMARKS_GATEWAY_LOAD_RSS_SAMPLER_H_
#define BENCHMARKS_GATEWAY_LOAD_RSS_SAMPLER_H_

#include <sys/types.h>

#include <atomic>
#include <thread>
#include <vector>

#include "series.h"

namespace gateway_load {

class RssSampler {
 public:
  explicit RssSampler(pid_t pid);
  ~RssSampler();
  RssSampler(const RssSampler&) = delete;
  RssSampler& operator=(const RssSampler&) = delete;

  // Ends the sampling and hands the series over.
  Series Stop();

 private:
  void Run();

  const pid_t pid_;
  Series series_;
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

}  // namespace gateway_load

#endif  // BENCHMARKS_GATEWAY_LOAD_RSS_SAMPLER_H_
