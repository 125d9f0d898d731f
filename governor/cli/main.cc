// memgov: see and steer governed processes from outside. Each command adds itself (frame/command.h).
#include <CLI/CLI.hpp>
#include <exception>
#include <iostream>

#include "governor/cli/advice/commands.h"
#include "governor/cli/explain/commands.h"
#include "governor/cli/exporter/commands.h"
#include "governor/cli/frame/command.h"
#include "governor/cli/frame/commands.h"
#include "governor/cli/frame/exit_codes.h"
#include "governor/cli/launch/commands.h"
#include "governor/cli/recording/commands.h"
#include "governor/cli/show/commands.h"

namespace memgov::cli {
namespace {

// In the order of --help.
constexpr AddCommand kCommands[] = {AddRun,     AddTry,      AddExplain, AddPs,        AddStat,
                                    AddPools,   AddTop,      AddRelease, AddSet,       AddHealth,
                                    AddLast,    AddExporter, AddRecord,  AddReport,    AddAdvise,
                                    AddSnippet, AddCheck,    AddManual,  AddCompletion};

// One line, as everything else that goes wrong.
std::string OneLine(const CLI::App*, const CLI::Error& error) {
  return std::string("memgov: ") + error.what() + "\n";
}

int Run(int argc, char** argv) {
  CLI::App tool("See and steer processes that memgov governs.", "memgov");
  tool.set_version_flag("--version", "memgov " MEMGOV_VERSION, "The version, then ends");
  tool.require_subcommand(1);
  tool.failure_message(OneLine);
  int exit_status = kOk;
  for (const AddCommand add : kCommands) add(tool, &exit_status);
  try {
    tool.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return tool.exit(error) == 0 ? kOk : kUsage;
  }
  return exit_status;
}

}  // namespace
}  // namespace memgov::cli

int main(int argc, char** argv) {
  try {
    return memgov::cli::Run(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << "memgov: " << error.what() << "\n";
    return memgov::cli::kUnavailable;
  }
}
