// memgov release: has a process give memory back, and says what really came back.
#ifndef MEMGOV_GOVERNOR_CLI_SHOW_RELEASE_H_
#define MEMGOV_GOVERNOR_CLI_SHOW_RELEASE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace memgov::cli {

struct ReleaseOutcome {
  uint64_t released_bytes = 0;  // as the process counted
  absl::Duration took;
  uint64_t resident_before = 0;  // as the kernel counted
  uint64_t resident_after = 0;
};

// {"released_bytes":..,"took_ns":..}; kDataLoss for anything else.
absl::StatusOr<ReleaseOutcome> ParseReleaseAnswer(std::string_view answer);

// One line.
std::string Describe(int pid, std::optional<uint64_t> asked, const ReleaseOutcome& outcome);

// The exit status: kNo where `bytes` were asked for and fewer came back.
int RunRelease(int pid, std::optional<uint64_t> bytes, bool json);

}  // namespace memgov::cli

#endif  // MEMGOV_GOVERNOR_CLI_SHOW_RELEASE_H_
