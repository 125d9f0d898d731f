// A command and the object for it, checked before anything is started.
#ifndef MEMGOV_GOVERNOR_CLI_LAUNCH_PREPARE_H_
#define MEMGOV_GOVERNOR_CLI_LAUNCH_PREPARE_H_

#include <string>
#include <vector>

#include "governor/cli/frame/exit_codes.h"
#include "governor/cli/launch/preloadable.h"
#include "governor/cli/launch/settings.h"

namespace memgov::cli {

struct Prepared {
  Program program;
  std::string object;
};

// kInvalidArgument: a bad setting; kNotFound: no such command; else why it cannot be preloaded.
absl::StatusOr<Prepared> Prepare(const std::vector<std::string>& command, const Settings& settings);

// Says why not: kNotFound is kNoCommand, kInvalidArgument kUsage, the rest kCannotRun.
ExitCode FailToLaunch(const absl::Status& status);

}  // namespace memgov::cli

#endif  // MEMGOV_GOVERNOR_CLI_LAUNCH_PREPARE_H_
