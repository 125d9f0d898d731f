// Finds a command as execvp(3) does.
#ifndef MEMGOV_GOVERNOR_CLI_LAUNCH_SEARCH_PATH_H_
#define MEMGOV_GOVERNOR_CLI_LAUNCH_SEARCH_PATH_H_

#include <string>

#include "absl/status/statusor.h"

namespace memgov::cli {

// `name` itself where it has a slash, else the first executable file of that name in the folders of
// `search_path` ("" for none: confstr(3)'s). kNotFound; kFailedPrecondition: found, but a folder, or not
// executable.
absl::StatusOr<std::string> FindExecutable(const std::string& name, const std::string& search_path);

}  // namespace memgov::cli

#endif  // MEMGOV_GOVERNOR_CLI_LAUNCH_SEARCH_PATH_H_
