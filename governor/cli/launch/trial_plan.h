// The plan of a run as the user wrote it.
#ifndef MEMGOV_GOVERNOR_CLI_LAUNCH_TRIAL_PLAN_H_
#define MEMGOV_GOVERNOR_CLI_LAUNCH_TRIAL_PLAN_H_

#include <optional>
#include <string>

#include "governor/cli/launch/trial.h"

namespace memgov::cli {

struct TrialTexts {
  std::optional<std::string> seconds;
  std::optional<std::string> load;
  std::string ready = "30s";
  std::string settle = "3s";
};

// kInvalidArgument: the option, its value and what is allowed. A bare number is in seconds.
absl::StatusOr<TrialPlan> ReadPlan(const TrialTexts& texts);

}  // namespace memgov::cli

#endif  // MEMGOV_GOVERNOR_CLI_LAUNCH_TRIAL_PLAN_H_
