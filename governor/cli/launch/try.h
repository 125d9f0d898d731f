// `memgov try`: the user's own command without and with memgov, in turn.
#ifndef MEMGOV_GOVERNOR_CLI_LAUNCH_TRY_H_
#define MEMGOV_GOVERNOR_CLI_LAUNCH_TRY_H_

#include <string>
#include <vector>

#include "governor/cli/frame/exit_codes.h"
#include "governor/cli/launch/settings.h"
#include "governor/cli/launch/trial.h"

namespace memgov::cli {

struct TryOptions {
  Settings settings;
  TrialPlan plan;
  int runs = 3;  // of each
  bool json = false;
};

// kNo: the command fails, or does under memgov. 128 and the number of a signal that ended this tool.
int Try(const std::vector<std::string>& command, const TryOptions& options);

// What is to be said, on standard error, of a run that did not go as planned: it ended at once, left
// processes behind, did not stop, or its load failed.
void SayWhatWentWrong(const Trial& trial, const TrialPlan& plan);

}  // namespace memgov::cli

#endif  // MEMGOV_GOVERNOR_CLI_LAUNCH_TRY_H_
