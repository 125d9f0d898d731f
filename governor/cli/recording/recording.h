// What `memgov record` writes and `report` and `advise` read: JSON, one object a line, so that a recording
// that was cut short is one that ended early.
//
// The first line:
// {"memgov_recording":1,"pid":..,"command":"..","version":"0.1.0","engine":"arena","interval_s":1.0,
// "cpus":2,"machine_bytes":..}. Every other: a sample, {"time_s":<since
// 1970>,"resident_bytes":..,"figures":{name: value,...},"pools":[{"pool":"..",...}]}, names as in Reading
// without "memgov_" and "memgov_pool_"; null: unlimited.
#ifndef MEMGOV_GOVERNOR_CLI_RECORDING_RECORDING_H_
#define MEMGOV_GOVERNOR_CLI_RECORDING_RECORDING_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace memgov::cli {

struct Sample {
  double time_s = 0;
  uint64_t resident_bytes = 0;
  std::map<std::string, uint64_t> figures;  // UINT64_MAX: unlimited
  struct Pool {
    std::string name;
    std::map<std::string, uint64_t> figures;
  };
  std::vector<Pool> pools;

  uint64_t Value(const std::string& name, uint64_t otherwise = 0) const;
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
  bool cut_short = false;       // the last line was not whole
};

// kNotFound; kDataLoss: the line, and what is wrong with it (a file that is no recording, a hostile one:
// bounded in size and depth); kFailedPrecondition: another version's.
absl::StatusOr<Recording> ReadRecording(const std::string& path);

}  // namespace memgov::cli

#endif  // MEMGOV_GOVERNOR_CLI_RECORDING_RECORDING_H_
