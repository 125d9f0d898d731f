// The last step before a command runs.
#ifndef MEMGOV_GOVERNOR_CLI_LAUNCH_START_H_
#define MEMGOV_GOVERNOR_CLI_LAUNCH_START_H_

#include <string>
#include <vector>

namespace memgov::cli {

constexpr int kNotExecuted = 127;  // exit status of a child that could not execute its program

// execve(2); returns, with errno, only when it fails.
void Execute(const std::string& path, const std::vector<std::string>& arguments,
             const std::vector<std::string>& environment);

}  // namespace memgov::cli

#endif  // MEMGOV_GOVERNOR_CLI_LAUNCH_START_H_
