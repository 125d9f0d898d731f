// `memgov check`: a command under memgov, measured against limits, for CI.
#ifndef MEMGOV_GOVERNOR_CLI_LAUNCH_CHECK_H_
#define MEMGOV_GOVERNOR_CLI_LAUNCH_CHECK_H_

#include <optional>
#include <string>
#include <vector>

#include "governor/cli/launch/settings.h"
#include "governor/cli/launch/trial.h"

namespace memgov::cli {

struct CheckOptions {
  Settings settings;
  TrialPlan plan;
  // As the user wrote them.
  std::optional<std::string> max_rss;
  std::optional<std::string> max_idle_rss;
  std::optional<std::string> baseline;
  std::optional<std::string> write_baseline;
  std::string tolerance = "10%";
  std::string format = "text";
  std::optional<std::string> output;  // none: standard output
};

// kOk: all held; kNo: something did not; kUsage, kCannotRun, kNoCommand, kUnavailable: no judgement. 128 and
// the number of a signal that ended this tool.
int Check(const std::vector<std::string>& command, const CheckOptions& options);

}  // namespace memgov::cli

#endif  // MEMGOV_GOVERNOR_CLI_LAUNCH_CHECK_H_
