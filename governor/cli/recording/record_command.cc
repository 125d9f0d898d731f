#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>

#include "absl/strings/str_cat.h"
#include "governor/cli/frame/exit_codes.h"
#include "governor/cli/frame/output.h"
#include "governor/cli/frame/times.h"
#include "governor/cli/recording/commands.h"
#include "governor/cli/recording/record.h"
#include "governor/cli/recording/recording.h"

namespace memgov::cli {
namespace {

constexpr absl::Duration kLeastInterval = absl::Milliseconds(50);

struct Options {
  std::string pid;
  std::string interval = "1s";
  std::string duration = "60s";
  RecordOptions record;
};

absl::Status ReadTimes(Options& options) {
  const auto interval = ParseTime(options.interval, "--interval", kLeastInterval, absl::Hours(24));
  if (!interval.ok()) return interval.status();
  const auto duration = ParseTime(options.duration, "--duration", *interval, absl::InfiniteDuration());
  if (!duration.ok()) return duration.status();
  options.record.interval = *interval;
  options.record.duration = *duration;
  if (*duration == absl::InfiniteDuration() || absl::FDivDuration(*duration, *interval) < kMostSamples)
    return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("--interval ", Printable(options.interval),
                                                 " and --duration ", Printable(options.duration),
                                                 ": a recording has at most ", kMostSamples, " samples"));
}

const char* Because(const std::string& reason) {
  if (reason == "process") return "the process ended";
  if (reason == "interrupt") return "stopped by hand";
  return reason == "full" ? "the recording is full" : "the time is up";
}

void Tell(const Options& options, const Recorded& recorded) {
  std::ostream& out = options.record.path == "-" ? std::cerr : std::cout;
  out << recorded.samples << (recorded.samples == 1 ? " sample" : " samples") << " in "
      << cli::FormatDuration(absl::Seconds(recorded.seconds)) << "; " << Because(recorded.because) << ".\n";
  if (options.record.path == "-") return;
  out << "For charts: memgov report " << Printable(options.record.path) << "\n";
}

int RunRecord(Options& options) {
  const absl::StatusOr<int> pid = ParsePid(options.pid);
  if (!pid.ok()) return Fail(pid.status());
  if (const absl::Status times = ReadTimes(options); !times.ok()) return Fail(times);
  if (options.record.path.empty()) options.record.path = absl::StrCat("memgov-", *pid, ".jsonl");
  const absl::StatusOr<Governed> process = FindGoverned(*pid);
  if (!process.ok()) return Fail(process.status());
  const absl::StatusOr<Recorded> recorded = Record(*process, options.record);
  if (!recorded.ok()) return Fail(recorded.status());
  Tell(options, *recorded);
  return kOk;
}

}  // namespace

void AddRecord(CLI::App& tool, int* exit_status) {
  auto options = std::make_shared<Options>();
  CLI::App* command =
      tool.add_subcommand("record", "Record a governed process over time, for report and advise");
  command->add_option("PID", options->pid, "The process")->required();
  command->add_option("-o,--output", options->record.path,
                      "The recording; default: memgov-PID.jsonl; -: standard output");
  command->add_option("--interval", options->interval, "From one sample to the next; at least 50ms")
      ->capture_default_str();
  command->add_option("--duration", options->duration, "How long; inf: until the process ends or Ctrl-C")
      ->capture_default_str();
  command->add_flag("--force", options->record.replace, "Replace a file that exists");
  command->callback([options, exit_status] { *exit_status = RunRecord(*options); });
}

}  // namespace memgov::cli
