// The options that try and check share.
//
// CLI11 is slow to compile: only files that add commands include this.
#ifndef MEMGOV_GOVERNOR_CLI_LAUNCH_TRIAL_OPTIONS_H_
#define MEMGOV_GOVERNOR_CLI_LAUNCH_TRIAL_OPTIONS_H_

#include <CLI/CLI.hpp>
#include <optional>
#include <string>

#include "governor/cli/launch/trial.h"
#include "governor/cli/launch/trial_plan.h"

namespace memgov::cli {

inline void AddTrialOptions(CLI::App& command, TrialTexts& texts) {
  command
      .add_option("--seconds", texts.seconds,
                  "Stop the command (SIGTERM) after this long: 10, 500ms, 2m; with --load, stop the load")
      ->type_name("TIME");
  command.add_option("--load", texts.load, "Shell command to run beside it, once it listens")
      ->type_name("CMD");
  command.add_option("--ready", texts.ready, "Start the load after this long, though nothing listens")
      ->type_name("TIME")
      ->capture_default_str();
  command.add_option("--settle", texts.settle, "Look at the idle memory this long after the load")
      ->type_name("TIME")
      ->capture_default_str();
}

}  // namespace memgov::cli

#endif  // MEMGOV_GOVERNOR_CLI_LAUNCH_TRIAL_OPTIONS_H_
