// What an earlier `memgov check` measured: a small JSON file to compare with.
#ifndef MEMGOV_GOVERNOR_CLI_LAUNCH_BASELINE_H_
#define MEMGOV_GOVERNOR_CLI_LAUNCH_BASELINE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace memgov::cli {

struct Baseline {
  uint64_t peak_bytes = 0;
  std::optional<uint64_t> idle_bytes;  // nullopt: that run was too short for it
};

// kNotFound: not there; kUnavailable: not readable; kInvalidArgument: no baseline, of another version, or
// larger than any of ours. The message has the option and the file.
absl::StatusOr<Baseline> ReadBaseline(const std::string& path);
absl::StatusOr<Baseline> ParseBaseline(std::string_view text);

// Replaces the file in one step. kUnavailable: it cannot be written, and why.
absl::Status WriteBaseline(const std::string& path, const Baseline& baseline,
                           const std::vector<std::string>& command);

// "10%", "7.5%", "10": the share, 0.1. kInvalidArgument for what is negative, above 1000 % or no number.
absl::StatusOr<double> ParseTolerance(std::string_view text);

}  // namespace memgov::cli

#endif  // MEMGOV_GOVERNOR_CLI_LAUNCH_BASELINE_H_
