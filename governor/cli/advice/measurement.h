// What was seen of a process' memory, boiled down to what sizing needs: from a recording, or from one look.
#ifndef MEMGOV_GOVERNOR_CLI_ADVICE_MEASUREMENT_H_
#define MEMGOV_GOVERNOR_CLI_ADVICE_MEASUREMENT_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "governor/cli/recording/recording.h"

namespace memgov::cli {

struct Measurement {
  std::string source;  // "load.jsonl", "pid 4711"
  int pid = 0;
  std::string command;  // any bytes
  std::string engine;   // empty: not governed
  bool one_look = false;
  bool cut_short = false;
  bool process_ended = false;
  double seconds = 0;  // recorded; of one look: how long the process has lived
  uint64_t samples = 0;
  double interval_s = 0;

  uint64_t peak_resident = 0;
  bool peak_by_kernel = false;  // VmHWM, which misses nothing; else the highest sample
  uint64_t peak_before = 0;     // VmHWM when the recording began
  uint64_t average_resident = 0;
  double peak_at = 0;  // when in the recording, 0 to 1
  // What the kernel kills for, where the process ran in a limited container; with all that runs in it.
  std::optional<uint64_t> peak_charged;
  uint64_t container_limit = UINT64_MAX;
  uint64_t members = 1;  // governed processes that share the limit, at most

  uint64_t peak_anonymous = 0;   // the process' own
  uint64_t least_anonymous = 0;  // at its smallest
  uint64_t shareable = 0;        // files and shared memory: what workers of one program have in common

  std::optional<uint64_t> allocated;  // while it was recorded, freed or not
  uint64_t live_early = 0;            // averages of the first and the last third
  uint64_t live_late = 0;
  uint64_t highest_rung = 0;
  uint64_t refused = 0;  // allocations, while recorded
  uint64_t oom_kills = 0;

  // The larger of RSS and what was charged.
  uint64_t Peak() const;
  bool PeakIsCharged() const;
};

// kFailedPrecondition: a recording without samples.
absl::StatusOr<Measurement> Measure(const Recording& recording, const std::string& source);

// Of a process that lives, governed or not: its highest RSS so far (VmHWM), all else as it is now. Errors as
// FindGoverned and Proc have them.
absl::StatusOr<Measurement> MeasureOnce(int pid);

}  // namespace memgov::cli

#endif  // MEMGOV_GOVERNOR_CLI_ADVICE_MEASUREMENT_H_
