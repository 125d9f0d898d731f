// What the keeper's process does (keeper.h), and what it tells the tool.
#ifndef MEMGOV_GOVERNOR_CLI_LAUNCH_KEEPER_PROCESS_H_
#define MEMGOV_GOVERNOR_CLI_LAUNCH_KEEPER_PROCESS_H_

#include <sys/resource.h>

#include "governor/cli/launch/keeper.h"

namespace memgov::cli {

// One write each, smaller than PIPE_BUF: they arrive whole.
struct KeeperNews {
  enum Kind : int {
    kStarted,     // value: the command's process id
    kNotStarted,  // value: errno
    kEnded,       // value: its status; seconds
    kAllEnded,    // usage; value: the least that ru_maxrss can say
  };
  Kind kind = kStarted;
  int value = 0;
  double seconds = 0;
  rusage usage = {};
};

// Starts the command, writes news to `events`, and ends when all have, or are killed because `leash` was
// closed.
[[noreturn]] void BeKeeper(const StartSpec& spec, int events, int leash);

}  // namespace memgov::cli

#endif  // MEMGOV_GOVERNOR_CLI_LAUNCH_KEEPER_PROCESS_H_
