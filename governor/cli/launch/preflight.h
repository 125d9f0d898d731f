// Asks the command's own loader what it would load, before anything is executed: for where nobody may watch.
#ifndef MEMGOV_GOVERNOR_CLI_LAUNCH_PREFLIGHT_H_
#define MEMGOV_GOVERNOR_CLI_LAUNCH_PREFLIGHT_H_

#include <string>

#include "absl/status/status.h"
#include "governor/cli/launch/preloadable.h"
#include "governor/cli/launch/settings.h"

namespace memgov::cli {

// As ldd(1) does, by `<loader> --list <program>`: nothing of the program runs. kFailedPrecondition: the
// loader does not name the object, and what it says. OK where there is no loader to ask, and where it does
// not answer within seconds.
absl::Status AskLoader(const Program& program, const Environment& environment, const std::string& library);

}  // namespace memgov::cli

#endif  // MEMGOV_GOVERNOR_CLI_LAUNCH_PREFLIGHT_H_
