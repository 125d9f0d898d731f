// Recordings to read and to draw.
#ifndef MEMGOV_TESTS_UNIT_CLI_RECORDING_RECORDINGS_H_
#define MEMGOV_TESTS_UNIT_CLI_RECORDING_RECORDINGS_H_

#include <stdlib.h>
#include <unistd.h>

#include <fstream>
#include <string>

#include "governor/cli/recording/recording.h"

namespace memgov::cli {

inline constexpr uint64_t kMega = 1 << 20;
inline constexpr double kStartS = 1'800'000'000;

// A file of its own, gone at the end.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& text = "") {
    char path[] = "/tmp/memgov-recording-XXXXXX";
    close(mkstemp(path));
    path_ = path;
    std::ofstream(path_) << text;
  }
  ~TemporaryFile() { unlink(path_.c_str()); }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  const std::string& path() const { return path_; }
  std::string Read() const {
    std::ifstream file(path_);
    return {std::istreambuf_iterator<char>(file), {}};
  }

 private:
  std::string path_;
};

// RSS rises by 1 MB a sample from 100 MB; two pools, a release of 1 MB each second sample, soft from sample 5
// to 7.
inline Recording Rising(int samples, double interval_s = 1) {
  Recording recording;
  recording.pid = 4711;
  recording.command = "/usr/bin/api-gateway";
  recording.version = "0.1.0";
  recording.engine = "arena";
  recording.interval_s = interval_s;
  recording.cpus = 2;
  recording.machine_bytes = 8192 * kMega;
  recording.ended = "duration";
  for (int index = 0; index < samples; ++index) {
    const auto step = static_cast<uint64_t>(index);
    Sample& sample = recording.samples.emplace_back();
    sample.time_s = kStartS + index * interval_s;
    sample.resident_bytes = (100 + step) * kMega;
    sample.figures["live_bytes"] = 60 * kMega;
    sample.figures["held_bytes"] = 80 * kMega;
    sample.figures["dirty_bytes"] = 10 * kMega;
    sample.figures["rung"] = index >= 5 && index < 7 ? 1 : 0;
    sample.figures["hard_budget_bytes"] = 400 * kMega;
    sample.figures["container_limit_bytes"] = UINT64_MAX;
    sample.figures["minor_faults_total"] = 100 * step;
    for (const char* name :
         {"refused_allocations_total", "refused_bytes_total", "rejections_total", "deferrals_total"}) {
      sample.figures[name] = 0;
    }
    sample.figures["trims_total{reason=\"window\"}"] = step / 2;
    sample.figures["trimmed_bytes_total{reason=\"window\"}"] = step / 2 * kMega;
    for (const char* name : {"io", "parse-pool"}) {
      Sample::Pool& pool = sample.pools.emplace_back();
      pool.name = name;
      pool.figures["live_bytes"] = 20 * kMega;
      pool.figures["held_bytes"] = 30 * kMega;
      pool.figures["threads"] = 4;
      pool.figures["soft_budget_bytes"] = UINT64_MAX;
    }
  }
  return recording;
}

}  // namespace memgov::cli

#endif  // MEMGOV_TESTS_UNIT_CLI_RECORDING_RECORDINGS_H_
