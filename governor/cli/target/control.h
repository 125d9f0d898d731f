// Talks to a governed process over its control socket (docs/control.md has the words).
#ifndef MEMGOV_GOVERNOR_CLI_TARGET_CONTROL_H_
#define MEMGOV_GOVERNOR_CLI_TARGET_CONTROL_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "governor/cli/target/processes.h"

namespace memgov::cli {

// One request, one answer: the text after "ok ". Requests: "json", "prometheus", "config", "classes",
// "refresh" (the segment's figures are taken anew), "release all", "release <bytes>", "set <NAME>=<VALUE>".
// Errors: kInvalidArgument with the process' own words ("error ..."); kPermissionDenied; kUnavailable: no
// socket, nobody answers in time (stopped, wedged); kDataLoss: what answered is not memgov.
absl::StatusOr<std::string> Ask(const Governed& process, std::string_view request,
                                absl::Duration patience = absl::Seconds(5));

}  // namespace memgov::cli

#endif  // MEMGOV_GOVERNOR_CLI_TARGET_CONTROL_H_
