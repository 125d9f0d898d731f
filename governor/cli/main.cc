// memgov: see and steer governed processes from outside. Each command adds itself (frame/command.h).
#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstring>
#include <exception>
#include <iostream>

#include "governor/cli/advice/commands.h"
#include "governor/cli/explain/commands.h"
#include "governor/cli/exporter/commands.h"
#include "governor/cli/frame/command.h"
#include "governor/cli/frame/commands.h"
#include "governor/cli/frame/exit_codes.h"
#include "governor/cli/frame/output.h"
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

// What is wrong with the command line. Where there is no command CLI11 does not say what stood in its place.
std::string Complaint(const CLI::App& tool, const CLI::Error& error) {
  const bool is_without_command = error.get_name() == "RequiredError" && tool.get_subcommands().empty();
  if (!is_without_command) return error.what();
  const std::vector<std::string> rest = tool.remaining();
  if (rest.empty()) return "a command is missing; memgov --help lists them";
  return rest.front() + ": no such " + (rest.front().starts_with("-") ? "option" : "command") +
         "; memgov --help lists them";
}

// One line, as everything else that goes wrong.
std::string OneLine(const CLI::App* tool, const CLI::Error& error) {
  return "memgov: " + Printable(Complaint(*tool, error)) + "\n";
}

// A full disk behind standard output, or a closed one: what was printed is not there. Commands that saw it
// themselves have said so.
int WithOutputWritten(int exit_status) {
  errno = 0;
  std::cout.flush();
  if (std::cout.good() || (exit_status != kOk && exit_status != kNo)) return exit_status;
  const std::string why = errno != 0 ? std::string(": ") + std::strerror(errno) : "";
  std::cerr << "memgov: standard output: cannot be written" << why << "\n";
  return exit_status == kOk ? static_cast<int>(kUnavailable) : exit_status;
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
    return WithOutputWritten(tool.exit(error) == 0 ? kOk : kUsage);
  }
  return WithOutputWritten(exit_status);
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
