// `memgov run`, as CLI11 sees it.
#include <CLI/CLI.hpp>
#include <memory>

#include "governor/cli/launch/commands.h"
#include "governor/cli/launch/launch_options.h"
#include "governor/cli/launch/prepare.h"
#include "governor/cli/launch/run.h"

namespace memgov::cli {

void AddRun(CLI::App& tool, int* exit_status) {
  CLI::App* command =
      tool.add_subcommand("run", "Run a command with memgov preloaded; say why where that cannot work");
  auto options = std::make_shared<LaunchOptions>();
  auto verbose = std::make_shared<bool>(false);
  AddLaunchOptions(*command, *options);
  command->add_flag("--summary", options->settings.summary, "One line about its memory when it ends");
  command->add_flag("--verbose", *verbose, "Say what is preloaded, who inherits it, and that it took");
  command->callback([options, verbose, exit_status] {
    const auto words = WordsOf(*options);
    *exit_status =
        words.ok() ? RunCommand(*words, options->settings, *verbose) : FailToLaunch(words.status());
  });
}

}  // namespace memgov::cli
