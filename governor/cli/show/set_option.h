// memgov set: changes options of a running process.
#ifndef MEMGOV_GOVERNOR_CLI_SHOW_SET_OPTION_H_
#define MEMGOV_GOVERNOR_CLI_SHOW_SET_OPTION_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace memgov::cli {

// "NAME=VALUE" in printable ASCII that fits a request.
absl::Status CheckAssignment(const std::string& assignment);

// All of them by the object's own rules, one on top of the other, so that none is made when one is bad.
// Options of this process' table change with it.
absl::Status CheckTogether(const std::vector<std::string>& assignments);

struct OptionValue {
  std::string name;
  std::string value;
  std::string source;  // "default", "environment", "set while running"; "": unknown
};
// The options in the answer to "config"; kDataLoss where none is in it.
absl::StatusOr<std::vector<OptionValue>> ParseOptions(std::string_view answer);

struct OptionChanged {
  std::string name;
  std::string value;
  std::string was;
};
// "NAME is VALUE, was VALUE"; kDataLoss for anything else.
absl::StatusOr<OptionChanged> ParseChanged(std::string_view answer);

// In order; where one fails those before it are in force, and it says so. None: prints the options that are
// in force. The exit status.
int RunSet(int pid, const std::vector<std::string>& assignments, bool json);

}  // namespace memgov::cli

#endif  // MEMGOV_GOVERNOR_CLI_SHOW_SET_OPTION_H_
