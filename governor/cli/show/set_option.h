// memgov set: changes options of a running process.
#ifndef MEMGOV_GOVERNOR_CLI_SHOW_SET_OPTION_H_
#define MEMGOV_GOVERNOR_CLI_SHOW_SET_OPTION_H_

#include <string>
#include <vector>

#include "absl/status/status.h"

namespace memgov::cli {

// "NAME=VALUE" in printable ASCII that fits a request.
absl::Status CheckAssignment(const std::string& assignment);

// In order; the first that fails ends it. None: prints the options that are in force. The exit status.
int RunSet(int pid, const std::vector<std::string>& assignments);

}  // namespace memgov::cli

#endif  // MEMGOV_GOVERNOR_CLI_SHOW_SET_OPTION_H_
