// Takes samples of one governed process: its segment's figures, and what the kernel knows of it.
#ifndef MEMGOV_GOVERNOR_CLI_RECORDING_SAMPLER_H_
#define MEMGOV_GOVERNOR_CLI_RECORDING_SAMPLER_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "governor/cli/proc/memory.h"
#include "governor/cli/recording/recording.h"
#include "governor/cli/target/processes.h"

namespace memgov::cli {

// Time of day that never jumps: the wall clock is read once, the monotonic clock says the rest.
class TimeLine {
 public:
  TimeLine(int64_t wall_clock_ns, int64_t monotonic_ns) : offset_ns_(wall_clock_ns - monotonic_ns) {}
  double SecondsAt(int64_t monotonic_ns) const {
    return static_cast<double>(offset_ns_ + monotonic_ns) * 1e-9;
  }

 private:
  int64_t offset_ns_;
};

int64_t MonotonicNs();

// The segment's figures as a sample has them; names and numbers are bounded as a reader wants them.
void TakeFigures(const Reading& reading, Sample& sample);

class RecordingSampler {
 public:
  // Of the process as it is now: one that gets its id later is not it. `patience`: how long it may take to
  // bring its figures up to date; one that does not (stopped, wedged) is recorded with old ones.
  static absl::StatusOr<RecordingSampler> Make(Governed process, absl::Duration patience);

  // kNotFound: it has ended.
  absl::StatusOr<Sample> Take();

  const Governed& process() const { return process_; }

 private:
  RecordingSampler(Governed process, absl::Duration patience, uint64_t start_ticks);
  absl::StatusOr<Proc::Brief> ReadAlive() const;

  Governed process_;
  absl::Duration patience_;
  uint64_t start_ticks_;
  Proc proc_;
  TimeLine time_line_;
};

}  // namespace memgov::cli

#endif  // MEMGOV_GOVERNOR_CLI_RECORDING_SAMPLER_H_
