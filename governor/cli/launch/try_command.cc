// `memgov try`, as CLI11 sees it.
#include <CLI/CLI.hpp>
#include <memory>

#include "governor/cli/frame/exit_codes.h"
#include "governor/cli/launch/commands.h"
#include "governor/cli/launch/launch_options.h"
#include "governor/cli/launch/prepare.h"
#include "governor/cli/launch/trial_options.h"
#include "governor/cli/launch/try.h"

namespace memgov::cli {
namespace {

struct Arguments {
  LaunchOptions launch;
  TrialTexts texts;
  TryOptions options;
  bool verbose = false;
};

int RunTry(Arguments& arguments) {
  const auto words = WordsOf(arguments.launch);
  if (!words.ok()) return FailToLaunch(words.status());
  const absl::StatusOr<TrialPlan> plan = ReadPlan(arguments.texts);
  if (!plan.ok()) return Fail(plan.status());
  arguments.options.settings = arguments.launch.settings;
  arguments.options.plan = *plan;
  arguments.options.plan.show_output = arguments.verbose;
  return Try(*words, arguments.options);
}

}  // namespace

void AddTry(CLI::App& tool, int* exit_status) {
  CLI::App* command =
      tool.add_subcommand("try", "Run a command without and with memgov, and say what that changes");
  auto arguments = std::make_shared<Arguments>();
  AddLaunchOptions(*command, arguments->launch);
  AddTrialOptions(*command, arguments->texts);
  command->add_option("--runs", arguments->options.runs, "Runs of each, in turn")
      ->type_name("COUNT")
      ->check(CLI::Range(1, 100))
      ->capture_default_str();
  command->add_flag("--verbose", arguments->verbose, "Show the output of the command and of the load");
  command->add_flag("--json", arguments->options.json, "Print JSON, every run in it");
  command->callback([arguments, exit_status] { *exit_status = RunTry(*arguments); });
}

}  // namespace memgov::cli
