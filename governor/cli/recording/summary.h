// What a recording says, in a few figures and in words.
#ifndef MEMGOV_GOVERNOR_CLI_RECORDING_SUMMARY_H_
#define MEMGOV_GOVERNOR_CLI_RECORDING_SUMMARY_H_

#include <array>
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "governor/cli/recording/recording.h"

namespace memgov::cli {

struct Released {
  std::string reason;
  uint64_t passes = 0;
  uint64_t bytes = 0;
};

struct PoolSummary {
  std::string name;
  uint64_t most_threads = 0;
  uint64_t peak_live_bytes = 0;
  uint64_t last_live_bytes = 0;
  uint64_t peak_held_bytes = 0;
  uint64_t last_held_bytes = 0;
  uint64_t soft_budget_bytes = UINT64_MAX;
};

struct Summary {
  size_t samples = 0;
  double from_s = 0;
  double to_s = 0;
  uint64_t peak_resident_bytes = 0;
  double peak_after_s = 0;
  uint64_t peak_between_bytes = 0;  // the kernel's high-water mark, where it rose above every sample
  uint64_t last_resident_bytes = 0;
  bool last_is_fresh = true;  // of what is the process' own
  uint64_t last_live_bytes = 0;
  uint64_t last_held_bytes = 0;
  uint64_t limit_bytes = UINT64_MAX;  // the container's, else the hard budget
  bool limit_is_container = false;
  std::array<double, 3> seconds_on_rung = {};
  std::vector<Released> released;  // during the recording, most bytes first
  uint64_t longest_stall_ns = 0;   // since the process started
  uint64_t longest_emergency_ns = 0;
  uint64_t refused_allocations = 0;  // this and all that follows: during the recording
  uint64_t refused_bytes = 0;
  uint64_t deferrals = 0;
  uint64_t rejections = 0;
  uint64_t oldest_figures_ns = 0;
  std::vector<PoolSummary> pools;  // highest peak of live first
};

// Of a recording with one sample at least.
Summary Summarise(const Recording& recording);

// Sentences, the important ones first.
std::vector<std::string> InWords(const Recording& recording, const Summary& summary);

nlohmann::ordered_json ToJson(const Recording& recording, const Summary& summary);

}  // namespace memgov::cli

#endif  // MEMGOV_GOVERNOR_CLI_RECORDING_SUMMARY_H_
