// memgov: see and steer governed processes from outside. Each command adds itself (frame/command.h).
#include <CLI/CLI.hpp>
#include <exception>
#include <iostream>

#include "governor/cli/frame/command.h"
#include "governor/cli/frame/exit_codes.h"

namespace memgov::cli {

#define MEMGOV_COMMANDS(X)                                                                               \
  X(AddRun)                                                                                              \
  X(AddTry) X(AddExplain) X(AddPs) X(AddStat) X(AddPools) X(AddTop) X(AddRelease) X(AddSet) X(AddHealth) \
      X(AddLast) X(AddExporter) X(AddRecord) X(AddReport) X(AddAdvise) X(AddSnippet) X(AddCheck)         \
          X(AddManual) X(AddCompletion)
#define MEMGOV_DECLARE(name) __attribute__((weak)) void name(CLI::App& tool, int* exit_status);
MEMGOV_COMMANDS(MEMGOV_DECLARE)

int Run(int argc, char** argv) {
  CLI::App tool("See and steer processes that memgov governs.", "memgov");
  int exit_status = kOk;
#define MEMGOV_ADD(name) \
  if (&name != nullptr) name(tool, &exit_status);
  MEMGOV_COMMANDS(MEMGOV_ADD)
  tool.require_subcommand(1);
  try {
    tool.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return tool.exit(error) == 0 ? kOk : kUsage;
  }
  return exit_status;
}

}  // namespace memgov::cli

int main(int argc, char** argv) {
  try {
    return memgov::cli::Run(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << "memgov: " << error.what() << "\n";
    return memgov::cli::kUnavailable;
  }
}
