// The command lines of ps, stat, pools, top and last.
#include <CLI/CLI.hpp>
#include <memory>

#include "governor/cli/frame/exit_codes.h"
#include "governor/cli/frame/times.h"
#include "governor/cli/show/commands.h"
#include "governor/cli/show/last.h"
#include "governor/cli/show/pools_view.h"
#include "governor/cli/show/ps.h"
#include "governor/cli/show/stat.h"
#include "governor/cli/show/top.h"

namespace memgov::cli {
namespace {

// A command on one process; `run` has (pid, as JSON).
template <typename Run>
void AddOnProcess(CLI::App& tool, const char* name, const char* help, int* exit_status, Run run) {
  struct Options {
    std::string pid;
    bool json = false;
  };
  CLI::App* command = tool.add_subcommand(name, help);
  const auto options = std::make_shared<Options>();
  command->add_option("PID", options->pid, kPidHelp)->required()->type_name("");
  command->add_flag("--json", options->json, kJsonHelp);
  command->callback([options, exit_status, run] {
    const auto pid = ParsePid(options->pid);
    *exit_status = pid.ok() ? run(*pid, options->json) : Fail(pid.status());
  });
}

void AddSort(CLI::App& command, std::string& sort) {
  command
      .add_option("--sort", sort, "What is first: the most of it; of pid, user, command and age the least")
      ->check(CLI::IsMember(SortKeys()))
      ->type_name("COLUMN")
      ->capture_default_str();
}

}  // namespace

void AddPs(CLI::App& tool, int* exit_status) {
  CLI::App* command = tool.add_subcommand("ps", "All governed processes that you may see");
  const auto options = std::make_shared<PsOptions>();
  AddSort(*command, options->sort);
  command->add_flag(
      "--pss", options->with_pss,
      "The proportional set size, too: slow on large processes, and they are held up meanwhile");
  command->add_flag("--json", options->json, kJsonHelp);
  command->callback([options, exit_status] { *exit_status = RunPs(*options); });
}

void AddStat(CLI::App& tool, int* exit_status) {
  AddOnProcess(tool, "stat", "All figures of a process, of this moment", exit_status, RunStat);
}

void AddPools(CLI::App& tool, int* exit_status) {
  AddOnProcess(tool, "pools", "Which pool of threads holds what", exit_status, RunPools);
}

void AddTop(CLI::App& tool, int* exit_status) {
  struct Options {
    TopOptions top;
    std::string interval = "1s";
  };
  CLI::App* command =
      tool.add_subcommand("top", "Processes and their pools, live; in a pipe a frame each interval");
  const auto options = std::make_shared<Options>();
  AddSort(*command, options->top.sort);
  command
      ->add_option("--interval", options->interval, "Between two looks: 50ms to 1h; a bare number is seconds")
      ->type_name("DURATION")
      ->capture_default_str();
  command->add_option("-n,--count", options->top.count, "Print that many plain frames, and end")
      ->check(CLI::Range(int64_t{1}, int64_t{1000000000}))
      ->type_name("COUNT");
  command->add_flag("--json", options->top.json, "As JSON, a line each interval");
  command->callback([options, exit_status] {
    const auto interval = ParseTime(options->interval, "--interval", absl::Milliseconds(50), absl::Hours(1));
    if (interval.ok()) options->top.interval = *interval;
    *exit_status = interval.ok() ? RunTop(options->top) : Fail(interval.status());
  });
}

void AddLast(CLI::App& tool, int* exit_status) {
  struct Options {
    std::string pid;
    bool json = false;
  };
  CLI::App* command = tool.add_subcommand("last", "Last words of processes that were killed");
  const auto options = std::make_shared<Options>();
  const CLI::Option* pid_option =
      command->add_option("PID", options->pid, "Only of this one, and its last lines of evidence")
          ->type_name("");
  command->add_flag("--json", options->json, kJsonHelp);
  command->callback([options, pid_option, exit_status] {
    if (pid_option->count() == 0) {
      *exit_status = RunLast(std::nullopt, options->json);
      return;
    }
    const auto pid = ParsePid(options->pid);
    *exit_status = pid.ok() ? RunLast(*pid, options->json) : Fail(pid.status());
  });
}

}  // namespace memgov::cli
