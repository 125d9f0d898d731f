// Times as people write them on a command line, and a clock for how long things take.
#ifndef MEMGOV_GOVERNOR_CLI_FRAME_TIMES_H_
#define MEMGOV_GOVERNOR_CLI_FRAME_TIMES_H_

#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace memgov::cli {

// "500ms", "1.5s", "2m", "24h", "60" (seconds); "inf" where `most` is absl::InfiniteDuration().
// kInvalidArgument names `what` ("--interval"), the text and what is allowed.
absl::StatusOr<absl::Duration> ParseTime(std::string_view text, std::string_view what, absl::Duration least,
                                         absl::Duration most);

// For deadlines and for how long something took: CLOCK_MONOTONIC, which no change of the wall clock moves. It
// counts from no date: for display there is absl::Now().
absl::Time SteadyNow();

}  // namespace memgov::cli

#endif  // MEMGOV_GOVERNOR_CLI_FRAME_TIMES_H_
