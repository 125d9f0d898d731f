// `memgov check`, as CLI11 sees it.
#include <CLI/CLI.hpp>
#include <memory>

#include "governor/cli/frame/exit_codes.h"
#include "governor/cli/launch/check.h"
#include "governor/cli/launch/commands.h"
#include "governor/cli/launch/launch_options.h"
#include "governor/cli/launch/prepare.h"
#include "governor/cli/launch/trial_options.h"

namespace memgov::cli {
namespace {

struct Arguments {
  LaunchOptions launch;
  TrialTexts texts;
  CheckOptions options;
  bool json = false;
};

int RunCheck(Arguments& arguments) {
  const auto words = WordsOf(arguments.launch);
  if (!words.ok()) return FailToLaunch(words.status());
  const absl::StatusOr<TrialPlan> plan = ReadPlan(arguments.texts);
  if (!plan.ok()) return Fail(plan.status());
  arguments.options.settings = arguments.launch.settings;
  arguments.options.plan = *plan;
  arguments.options.plan.show_output = true;
  if (arguments.json) arguments.options.format = "json";
  return Check(*words, arguments.options);
}

void AddLimits(CLI::App& command, CheckOptions& options) {
  command.add_option("--max-rss", options.max_rss, "Most memory at any time, such as 300M")
      ->type_name("BYTES");
  command
      .add_option("--max-idle-rss", options.max_idle_rss,
                  "Most memory when the load has settled, else at the end, such as 80M")
      ->type_name("BYTES");
  command.add_option("--baseline", options.baseline, "File that --write-baseline wrote, to compare with")
      ->type_name("FILE");
  command
      .add_option("--write-baseline", options.write_baseline,
                  "Write what was measured, if the command ran well")
      ->type_name("FILE");
  command.add_option("--tolerance", options.tolerance, "How much more than the baseline is allowed")
      ->type_name("PERCENT")
      ->capture_default_str();
}

}  // namespace

void AddCheck(CLI::App& tool, int* exit_status) {
  CLI::App* command =
      tool.add_subcommand("check", "Run a command under memgov and hold its memory against limits, for CI");
  auto arguments = std::make_shared<Arguments>();
  AddLaunchOptions(*command, arguments->launch);
  AddTrialOptions(*command, arguments->texts);
  AddLimits(*command, arguments->options);
  command->add_option("--format", arguments->options.format, "How to print the judgement")
      ->check(CLI::IsMember({"text", "junit", "json"}))
      ->capture_default_str();
  command->add_flag("--json", arguments->json, "The same as --format json");
  command->add_option("--output", arguments->options.output, "Where to write it, instead of standard output")
      ->type_name("FILE");
  command->callback([arguments, exit_status] { *exit_status = RunCheck(*arguments); });
}

}  // namespace memgov::cli
