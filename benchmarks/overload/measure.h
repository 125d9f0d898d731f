// MeasureRun: one gateway under one allocator and one memory limit, through one overload.
//
// Safety: blocks; one at a time, or they disturb each other. Its process and its cgroup are gone when it
// returns.
#ifndef BENCHMARKS_OVERLOAD_MEASURE_H_
#define BENCHMARKS_OVERLOAD_MEASURE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "allocators.h"
#include "cgroup_place.h"
#include "overload_client.h"

namespace overload {

struct RunPlan {
  std::vector<std::string> command;
  gateway_load::Allocator allocator;
  uint64_t limit_bytes = 0;
  std::optional<CgroupPlace> place;  // nothing: no cgroup; the process gets MEMGOV_BUDGET instead
  ClientPlan load;
};

struct RunResult {
  ClientResult load;
  std::string how_it_ended;  // empty: it outlived the load
  double died_after_seconds = 0;
  uint64_t oom_kills = 0;
  uint64_t failed_charges = 0;       // from the start of the process
  uint64_t late_failed_charges = 0;  // after the first two seconds of the load
  uint64_t peak_bytes = 0;  // of the cgroup; of the resident set where there is none or it does not say
  bool over = false;        // without a cgroup: the peak passed the limit

  bool Alive() const { return how_it_ended.empty(); }
};

// Says whether the run is to be ended early.
using Interrupted = bool (*)();

absl::StatusOr<RunResult> MeasureRun(const RunPlan& plan, Interrupted interrupted);

}  // namespace overload

#endif  // BENCHMARKS_OVERLOAD_MEASURE_H_
