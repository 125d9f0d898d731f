// What the memgov tool's exit status says. docs/tool.md and the manual page list the same.
#ifndef MEMGOV_GOVERNOR_CLI_FRAME_EXIT_CODES_H_
#define MEMGOV_GOVERNOR_CLI_FRAME_EXIT_CODES_H_

#include "absl/status/status.h"

namespace memgov::cli {

enum ExitCode : int {
  kOk = 0,
  kNo = 1,            // the answer is no: not healthy, over a limit, a release that failed
  kUsage = 2,         // a bad argument
  kNotFound = 3,      // no such process, or not one that memgov governs
  kNotPermitted = 4,  // another user's
  kUnavailable = 5,   // it does not answer, is of another version, its files or our output fail
  kCannotRun = 126,   // run, try, check: the command cannot be preloaded or executed
  kNoCommand = 127,   // run, try, check: not found
};

// kInvalidArgument: kUsage; kNotFound: kNotFound; kPermissionDenied: kNotPermitted; the rest: kUnavailable.
ExitCode CodeOf(const absl::Status& status);

// "memgov: <message>" on standard error, in one line whatever is in it, and the code.
ExitCode Fail(const absl::Status& status);

}  // namespace memgov::cli

#endif  // MEMGOV_GOVERNOR_CLI_FRAME_EXIT_CODES_H_
