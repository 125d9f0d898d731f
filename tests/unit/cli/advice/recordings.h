// Recordings to measure.
#ifndef MEMGOV_TESTS_UNIT_CLI_ADVICE_RECORDINGS_H_
#define MEMGOV_TESTS_UNIT_CLI_ADVICE_RECORDINGS_H_

#include "governor/cli/recording/recording.h"

namespace memgov::cli {

inline constexpr uint64_t kMega = 1 << 20;

// RSS 100 MiB, 80 of them anonymous, and 10 MiB allocated a second: a load, and nothing to be in doubt about.
inline Recording Steady(int samples, double interval_s) {
  Recording recording;
  recording.pid = 4711;
  recording.command = "/usr/bin/api-gateway";
  recording.engine = "arena";
  recording.interval_s = interval_s;
  for (int index = 0; index < samples; ++index) {
    Sample sample;
    sample.time_s = 1e9 + index * interval_s;
    sample.resident_bytes = 100 * kMega;
    sample.figures["anonymous_bytes"] = 80 * kMega;
    sample.figures["live_bytes"] = 60 * kMega;
    sample.figures["allocated_bytes_total"] = static_cast<uint64_t>(index * interval_s) * 10 * kMega;
    recording.samples.push_back(sample);
  }
  return recording;
}

}  // namespace memgov::cli

#endif  // MEMGOV_TESTS_UNIT_CLI_ADVICE_RECORDINGS_H_
