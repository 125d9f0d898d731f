// `memgov run`: becomes the command, with the object preloaded.
#ifndef MEMGOV_GOVERNOR_CLI_LAUNCH_RUN_H_
#define MEMGOV_GOVERNOR_CLI_LAUNCH_RUN_H_

#include <string>
#include <vector>

#include "governor/cli/frame/exit_codes.h"
#include "governor/cli/launch/settings.h"

namespace memgov::cli {

// Returns only when it fails: then the process id, the descriptors and the exit status are the command's.
ExitCode RunCommand(const std::vector<std::string>& command, const Settings& settings, bool verbose);

}  // namespace memgov::cli

#endif  // MEMGOV_GOVERNOR_CLI_LAUNCH_RUN_H_
