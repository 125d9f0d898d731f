#include "governor/cli/launch/try.h"

#include <string.h>

#include <iostream>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "governor/cli/frame/output.h"
#include "governor/cli/launch/comparison_text.h"
#include "governor/cli/launch/prepare.h"

namespace memgov::cli {
namespace {

constexpr int kSignalStatus = 128;

class TryRuns {
 public:
  TryRuns(const Prepared& prepared, const TryOptions& options, Comparison& comparison)
      : prepared_(prepared), options_(options), comparison_(comparison) {}

  // The status of the tool where it cannot go on.
  std::optional<int> Run() {
    for (int pair = 0; pair < options_.runs; ++pair) {
      // Whoever comes first pays for cold files, and later ones for a warm machine: in turn.
      for (const bool with : {pair % 2 == 1, pair % 2 == 0}) {
        const std::optional<int> status = RunOne(with);
        if (status.has_value()) return status;
      }
      if (!Succeeded(comparison_)) return std::nullopt;
    }
    return std::nullopt;
  }

 private:
  std::optional<int> RunOne(bool with) {
    absl::StatusOr<Trial> trial = Measure(with);
    if (!trial.ok()) return FailToLaunch(trial.status());
    SayWhatWentWrong(*trial, options_.plan);
    if (trial->interrupted_by != 0) return kSignalStatus + trial->interrupted_by;
    if (!EndedWell(*trial) && !with) return kNo;
    (with ? comparison_.with : comparison_.without).push_back(*std::move(trial));
    return std::nullopt;
  }

  absl::StatusOr<Trial> Measure(bool with) {
    const Environment own = OwnEnvironment();
    const Environment environment =
        with ? WithMemgov(own, prepared_.object, options_.settings) : WithoutMemgov(own);
    const StartSpec start = {prepared_.program.path, prepared_.program.arguments, environment};
    Progress progress(
        absl::StrCat("run ", ++run_, " of ", 2 * options_.runs, with ? ", memgov" : ", without"));
    return RunTrial(start, options_.plan, with ? prepared_.object : "", interrupts_,
                    [&](const std::string& phase, uint64_t bytes) {
                      progress.Update(-1, absl::StrCat(phase, ", ", FormatBytes(bytes)));
                    });
  }

  const Prepared& prepared_;
  const TryOptions& options_;
  Comparison& comparison_;
  Interrupts interrupts_;
  int run_ = 0;
};

std::string After(double seconds) { return absl::StrFormat(" after %.1f s", seconds); }

}  // namespace

int Try(const std::vector<std::string>& command, const TryOptions& options) {
  const absl::StatusOr<Prepared> prepared = Prepare(command, options.settings);
  if (!prepared.ok()) return FailToLaunch(prepared.status());
  Comparison comparison;
  comparison.command = command;
  comparison.under_load = options.plan.load.has_value();
  const std::optional<int> failed = TryRuns(*prepared, options, comparison).Run();
  if (failed.has_value()) return *failed;
  if (options.json) {
    std::cout << Dump(ToJson(comparison)) << "\n";
  } else {
    PrintComparison(comparison, std::cout, TerminalWidth());
  }
  return Succeeded(comparison) ? kOk : kNo;
}

void SayWhatWentWrong(const Trial& trial, const TrialPlan& plan) {
  const auto say = [](const std::string& text) { std::cerr << "memgov: " << text << "\n"; };
  if (trial.interrupted_by != 0) {
    say(absl::StrCat("stopped by SIG", sigabbrev_np(trial.interrupted_by), "; nothing is left running"));
    return;
  }
  if (trial.ended_early) {
    say(absl::StrCat("the command ended", After(trial.seconds), " with status ", DescribeStatus(trial.status),
                     plan.load.has_value() ? ", before the load was over" : ", before its time was over"));
  } else if (!EndedWell(trial) && !trial.killed) {
    say(absl::StrCat("the command ended", After(trial.seconds), " with status ",
                     DescribeStatus(trial.status)));
  }
  if (trial.killed) say("the command did not end 10 s after SIGTERM, and was killed");
  if (trial.left_behind > 0 && !trial.ended_early) {
    say(absl::StrCat("the command left ", trial.left_behind, " processes running; they were stopped"));
  }
  if (trial.load_status.has_value() && *trial.load_status != 0 && !trial.load_cut) {
    say(absl::StrCat("the load ended", After(trial.load_seconds), " with status ",
                     DescribeStatus(trial.load_status)));
  }
  if (EndedWell(trial) && !trial.ended_early) return;
  for (const std::string& line : trial.last_lines) std::cerr << "  | " << Printable(line) << "\n";
}

}  // namespace memgov::cli
