#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>

#include "governor/cli/explain/commands.h"
#include "governor/cli/explain/diagnosis.h"
#include "governor/cli/frame/exit_codes.h"
#include "governor/cli/frame/output.h"
#include "governor/cli/frame/times.h"
#include "governor/cli/target/processes.h"

namespace memgov::cli {
namespace {

constexpr absl::Duration kLongestWatch = absl::Hours(1);

struct Options {
  std::string pid;
  std::string watch = "2s";
  bool json = false;
};

int RunExplain(const Options& options) {
  const absl::StatusOr<int> pid = ParsePid(options.pid);
  if (!pid.ok()) return Fail(pid.status());
  const auto watch = ParseTime(options.watch, "--watch", absl::ZeroDuration(), kLongestWatch);
  if (!watch.ok()) return Fail(watch.status());
  absl::StatusOr<explain::Facts> facts = [&] {
    Progress progress("explain");
    return explain::GatherFacts(
        *pid, *watch, [&progress](double part, std::string_view what) { progress.Update(part, what); });
  }();
  if (!facts.ok()) return Fail(facts.status());
  const explain::Diagnosis diagnosis = explain::Diagnose(*std::move(facts));
  if (options.json) {
    PrintJson(diagnosis, std::cout);
  } else {
    PrintText(diagnosis, std::cout, TerminalWidth());
  }
  return kOk;
}

}  // namespace

void AddExplain(CLI::App& tool, int* exit_status) {
  const auto options = std::make_shared<Options>();
  CLI::App* const command = tool.add_subcommand(
      "explain", "Why a process' RSS is what it is, governed or not, and what to do about it");
  command->add_option("pid", options->pid, "Process id")->required()->type_name("PID");
  command
      ->add_option("--watch", options->watch,
                   "Look twice, this far apart, to tell what grows, 0 to 1h; 0: once")
      ->type_name("TIME")
      ->capture_default_str();
  command->add_flag("--json", options->json, "JSON instead of text");
  command->callback([options, exit_status] { *exit_status = RunExplain(*options); });
}

}  // namespace memgov::cli
