// What the launching commands set for the preloaded object: checked by the object's own parsers, before
// anything is started.
#ifndef MEMGOV_GOVERNOR_CLI_LAUNCH_SETTINGS_H_
#define MEMGOV_GOVERNOR_CLI_LAUNCH_SETTINGS_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace memgov::cli {

struct Settings {
  std::optional<std::string> engine;  // none: libmemgov.so, or the one that MEMGOV_ENGINE names
  std::optional<std::string> budget;  // MEMGOV_BUDGET; none: as the environment has it
  std::optional<std::string> pools;   // MEMGOV_POOLS; the same
  bool summary = false;
};

// kInvalidArgument: one line with option, value and what is allowed.
absl::Status CheckSettings(const Settings& settings);

// The object with the engine that the settings, else MEMGOV_ENGINE, ask for: target/library.h.
absl::StatusOr<std::string> FindObject(const Settings& settings);

using Environment = std::vector<std::string>;  // "NAME=value"

Environment OwnEnvironment();

// The value of `name`, or "".
std::string ValueOf(const Environment& environment, const std::string& name);

// `environment` with `library` first in LD_PRELOAD, before whatever is there already, and MEMGOV_ variables
// as the settings say. Variables of the tool's own are left out: the object would complain of them.
Environment WithMemgov(const Environment& environment, const std::string& library, const Settings& settings);

// `environment` without objects of memgov's in LD_PRELOAD, everything else kept: as a user runs it today.
Environment WithoutMemgov(const Environment& environment);

}  // namespace memgov::cli

#endif  // MEMGOV_GOVERNOR_CLI_LAUNCH_SETTINGS_H_
