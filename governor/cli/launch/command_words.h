// The command behind `memgov run ... -- command`, word by word as the user gave it.
//
// CLI11 2.1 splits an argument such as "[a,b]" of an option that takes many, so its own list cannot be used.
#ifndef MEMGOV_GOVERNOR_CLI_LAUNCH_COMMAND_WORDS_H_
#define MEMGOV_GOVERNOR_CLI_LAUNCH_COMMAND_WORDS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace memgov::cli {

// This tool's own arguments, from /proc/self/cmdline. Empty where that cannot be read.
std::vector<std::string> OwnArguments();

// What follows the first "--" of `arguments`; without one what CLI11 took for the command, if every word of
// it stands in `arguments` as it is. `unknown`: what CLI11 took for options that are not there (and the
// "--"). kInvalidArgument: no command, an option that is not there, or -- is needed.
absl::StatusOr<std::vector<std::string>> CommandWords(const std::vector<std::string>& arguments,
                                                      const std::vector<std::string>& parsed,
                                                      const std::vector<std::string>& unknown);

}  // namespace memgov::cli

#endif  // MEMGOV_GOVERNOR_CLI_LAUNCH_COMMAND_WORDS_H_
