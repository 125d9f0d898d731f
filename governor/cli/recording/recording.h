// What `memgov record` writes and `report` and `advise` read: JSON, one object a line, so that a recording
// that was cut short is one that ended early.
//
// The first line:
// {"memgov_recording":1,"pid":..,"command":"..","version":"0.1.0","engine":"arena","interval_s":1.0,
// "cpus":2,"machine_bytes":..}. Every other: a sample, {"time_s":<since
// 1970>,"resident_bytes":..,"figures":{name: value,...},"pools":[{"pool":"..",...}]}, names as in Reading
// without "memgov_" and "memgov_pool_"; null: unlimited. Figures that did not change since the line before
// are left out; so are pools when none of them did. The last line of a recording that was not cut short:
// {"time_s":..,"ended":"process"|"duration"|"interrupt"|"full"}.
//
// Figures of the recorder's own: minor_faults_total, major_faults_total, swap_bytes, peak_resident_bytes (of
// the process, from the kernel), cgroup_usage_bytes, cgroup_working_set_bytes, figures_age_ns (how old the
// others were). Times are nanoseconds, also those of names in _seconds.
#ifndef MEMGOV_GOVERNOR_CLI_RECORDING_RECORDING_H_
#define MEMGOV_GOVERNOR_CLI_RECORDING_RECORDING_H_

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "governor/cli/recording/figures.h"

namespace memgov::cli {

// A recording holds no more; the writer ends it ("full") and the reader refuses it.
inline constexpr size_t kMostSamples = 200'000;  // two days at one a second
inline constexpr size_t kMostValues = 64u << 20;

struct Sample {
  double time_s = 0;
  uint64_t resident_bytes = 0;
  Figures figures;  // UINT64_MAX: unlimited
  struct Pool {
    std::string name;
    Figures figures;
  };
  std::vector<Pool> pools;

  uint64_t Value(std::string_view name, uint64_t otherwise = 0) const {
    return figures.Find(name).value_or(otherwise);
  }
  // Figures of itself and of its pools.
  size_t CountValues() const;
  // Its figures, other than the kernel's, were of about that moment.
  bool IsFresh(double interval_s) const;
};

struct Recording {
  int pid = 0;
  std::string command;
  std::string version;
  std::string engine;
  double interval_s = 1;
  unsigned cpus = 1;
  uint64_t machine_bytes = 0;
  std::vector<Sample> samples;  // in order of time
  std::string ended;            // as above; "" where the end is missing
  bool cut_short = false;       // the last line was not whole
};

// "standard input" of "-", else the path: for messages.
std::string RecordingName(const std::string& path);

// kNotFound; kPermissionDenied; kDataLoss: the line, and what is wrong with it (a file that is no recording,
// a hostile one: bounded in size and depth); kFailedPrecondition: another version's. `progress` is told the
// part that was read, every hundredth; of standard input ("-"), whose end is not known, -1 with each line.
absl::StatusOr<Recording> ReadRecording(const std::string& path,
                                        const std::function<void(double part)>& progress = {});

}  // namespace memgov::cli

#endif  // MEMGOV_GOVERNOR_CLI_RECORDING_RECORDING_H_
