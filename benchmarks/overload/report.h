// The report: runs of the same kind in one row, and what is asked of them (the bars).
//
// Safety: pure functions.
#ifndef BENCHMARKS_OVERLOAD_REPORT_H_
#define BENCHMARKS_OVERLOAD_REPORT_H_

#include <optional>
#include <string>
#include <vector>

#include "measure.h"

namespace overload {

// All runs of one allocator: under the limit, and the same load under the roomy one (as many, or none).
struct Contender {
  std::string name;
  bool governed = false;  // memgov: must live; the others are there to show what happens without
  std::vector<RunResult> tight;
  std::vector<RunResult> roomy;
  std::vector<std::string> failures;  // runs that could not be made
};

struct Report {
  std::string load;    // one sentence
  std::string limits;  // one sentence
  uint64_t limit_bytes = 0;
  uint64_t roomy_bytes = 0;
  bool in_cgroup = true;
  std::vector<Contender> contenders;
};

struct Bar {
  std::string what;
  std::string measured;
  bool passed = false;
};

// Of the roomy run's goodput, at least; of its p99, at most (medians over the runs).
constexpr double kLeastGoodputRatio = 0.60;
constexpr double kMostP99Ratio = 2.0;

std::vector<Bar> JudgeAll(const Report& report);

std::string FormatReport(const Report& report);
std::string ReportAsJson(const Report& report);

// "killed after 1.3 s", "over by 200.0 MiB", "alive"
std::string Outcome(const RunResult& run, uint64_t limit_bytes);

}  // namespace overload

#endif  // BENCHMARKS_OVERLOAD_REPORT_H_
