// The command lines of release, set and health.
#include <CLI/CLI.hpp>
#include <cmath>
#include <memory>

#include "absl/strings/str_cat.h"
#include "governor/cli/frame/exit_codes.h"
#include "governor/cli/frame/output.h"
#include "governor/cli/show/commands.h"
#include "governor/cli/show/health.h"
#include "governor/cli/show/release.h"
#include "governor/cli/show/set_option.h"
#include "governor/cli/target/processes.h"

namespace memgov::cli {
namespace {

CLI::Option* AddPid(CLI::App& command, std::string& pid) {
  return command.add_option("PID", pid, kPidHelp)->required()->type_name("");
}

struct ReleaseOptions {
  std::string pid;
  std::string bytes;
  bool has_bytes = false;  // an empty text is no size, and not the same as none
  bool json = false;
};

int Release(const ReleaseOptions& options) {
  const auto pid = ParsePid(options.pid);
  if (!pid.ok()) return Fail(pid.status());
  if (!options.has_bytes) return RunRelease(*pid, std::nullopt, options.json);
  const auto bytes = ParseBytes(options.bytes, "release");
  return bytes.ok() ? RunRelease(*pid, *bytes, options.json) : Fail(bytes.status());
}

struct HealthOptions {
  std::string pid;
  std::string max_rss;
  bool has_max_rss = false;
  std::string max_rung = "hard";
  double max_held_ratio = 0;
  bool json = false;
};

int Health(const HealthOptions& options) {
  const auto pid = ParsePid(options.pid);
  if (!pid.ok()) return Fail(pid.status());
  HealthLimits limits;
  limits.max_rung = options.max_rung == "hard" ? 2 : options.max_rung == "soft" ? 1 : 0;
  // What is no number is in every range.
  if (!std::isfinite(options.max_held_ratio)) {
    return Fail(absl::InvalidArgumentError(
        absl::StrCat("--max-held-ratio ", options.max_held_ratio, ": allowed is a number from 1 to 1e9")));
  }
  limits.max_held_ratio = options.max_held_ratio;
  if (options.has_max_rss) {
    const auto bytes = ParseBytes(options.max_rss, "--max-rss");
    if (!bytes.ok()) return Fail(bytes.status());
    limits.max_resident_bytes = *bytes;
  }
  return RunHealth(*pid, limits, options.json);
}

}  // namespace

void AddRelease(CLI::App& tool, int* exit_status) {
  CLI::App* command = tool.add_subcommand("release", "Have a process give memory back now");
  const auto options = std::make_shared<ReleaseOptions>();
  AddPid(*command, options->pid);
  const CLI::Option* bytes =
      command->add_option("BYTES", options->bytes, "At least so many (300M), if there are; all by default")
          ->type_name("");
  command->add_flag("--json", options->json, kJsonHelp);
  command->callback([options, bytes, exit_status] {
    options->has_bytes = bytes->count() > 0;
    *exit_status = Release(*options);
  });
}

void AddSet(CLI::App& tool, int* exit_status) {
  struct Options {
    std::string pid;
    std::vector<std::string> assignments;
    bool json = false;
  };
  CLI::App* command =
      tool.add_subcommand("set", "Change options of a running process; without one, show them");
  const auto options = std::make_shared<Options>();
  AddPid(*command, options->pid);
  command
      ->add_option(
          "OPTION=VALUE", options->assignments,
          "What to change, as BUDGET=300M or MEMGOV_BUDGET=300M; docs/options.md says which are live")
      ->type_name("");
  command->add_flag("--json", options->json, kJsonHelp);
  command->callback([options, exit_status] {
    const auto pid = ParsePid(options->pid);
    *exit_status = pid.ok() ? RunSet(*pid, options->assignments, options->json) : Fail(pid.status());
  });
}

void AddHealth(CLI::App& tool, int* exit_status) {
  CLI::App* command =
      tool.add_subcommand("health", "Is a process well? For health checks, by the exit status");
  const auto options = std::make_shared<HealthOptions>();
  AddPid(*command, options->pid);
  const CLI::Option* max_rss =
      command->add_option("--max-rss", options->max_rss, "Not well above so many bytes of RSS (300M)")
          ->type_name("BYTES");
  command
      ->add_option("--max-rung", options->max_rung,
                   "Not well above this rung of the ladder; hard: any will do")
      ->check(CLI::IsMember({"normal", "soft", "hard"}))
      ->type_name("RUNG")
      ->capture_default_str();
  command
      ->add_option("--max-held-ratio", options->max_held_ratio,
                   "Not well where it holds more than so many times its live bytes, and 16M at least")
      ->check(CLI::Range(1.0, 1e9))
      ->type_name("RATIO");
  command->add_flag("--json", options->json, kJsonHelp);
  command->callback([options, max_rss, exit_status] {
    options->has_max_rss = max_rss->count() > 0;
    *exit_status = Health(*options);
  });
}

}  // namespace memgov::cli
