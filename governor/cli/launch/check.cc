#include "governor/cli/launch/check.h"

#include <errno.h>
#include <string.h>

#include <fstream>
#include <iostream>

#include "absl/strings/str_cat.h"
#include "governor/cli/frame/exit_codes.h"
#include "governor/cli/frame/output.h"
#include "governor/cli/launch/judgement_text.h"
#include "governor/cli/launch/prepare.h"
#include "governor/cli/launch/try.h"

namespace memgov::cli {
namespace {

constexpr int kSignalStatus = 128;

absl::Status ReadBytes(const std::optional<std::string>& text, const char* what,
                       std::optional<uint64_t>* bytes) {
  if (!text.has_value()) return absl::OkStatus();
  const absl::StatusOr<uint64_t> parsed = ParseBytes(*text, what);
  if (!parsed.ok()) return parsed.status();
  if (*parsed == 0) return absl::InvalidArgumentError(absl::StrCat(what, " 0: nothing has no memory"));
  *bytes = *parsed;
  return absl::OkStatus();
}

absl::StatusOr<Limits> ReadLimits(const CheckOptions& options) {
  Limits limits;
  absl::Status status = ReadBytes(options.max_rss, "--max-rss", &limits.max_rss);
  if (status.ok()) status = ReadBytes(options.max_idle_rss, "--max-idle-rss", &limits.max_idle_rss);
  if (!status.ok()) return status;
  const absl::StatusOr<double> tolerance = ParseTolerance(options.tolerance);
  if (!tolerance.ok()) return tolerance.status();
  limits.tolerance = *tolerance;
  if (options.baseline.has_value()) {
    const absl::StatusOr<Baseline> baseline = ReadBaseline(*options.baseline);
    if (!baseline.ok()) return baseline.status();
    limits.baseline = *baseline;
  }
  if (!options.max_rss && !options.max_idle_rss && !options.baseline && !options.write_baseline) {
    return absl::InvalidArgumentError(
        "nothing to check: give --max-rss, --max-idle-rss, --baseline or --write-baseline");
  }
  return limits;
}

std::string Written(const Judgement& judgement, const std::string& format) {
  if (format == "junit") return JudgementAsJunit(judgement);
  return format == "json" ? JudgementAsJson(judgement) : JudgementAsText(judgement);
}

absl::StatusOr<Trial> Measure(const Prepared& prepared, const CheckOptions& options) {
  Interrupts interrupts;
  Progress progress("check");
  const StartSpec start = {prepared.program.path, prepared.program.arguments,
                           WithMemgov(OwnEnvironment(), prepared.object, options.settings)};
  return RunTrial(start, options.plan, prepared.object, interrupts,
                  [&](const std::string& phase, uint64_t bytes) {
                    progress.Update(-1, absl::StrCat(phase, ", ", FormatBytes(bytes)));
                  });
}

// Where the judgement goes, opened before the command has run for minutes.
class Destination {
 public:
  explicit Destination(const std::optional<std::string>& path) : path_(path) {
    if (path.has_value()) file_.open(*path, std::ios::trunc);
  }
  absl::Status Check() {
    if (!path_.has_value() ? std::cout.good() : file_.good()) return absl::OkStatus();
    return absl::UnavailableError(
        absl::StrCat("--output ", Printable(path_.value_or("-")), ": ", strerror(errno)));
  }
  absl::Status Write(const std::string& text) {
    (path_.has_value() ? static_cast<std::ostream&>(file_) : std::cout) << text << std::flush;
    return Check();
  }

 private:
  const std::optional<std::string> path_;
  std::ofstream file_;
};

// A baseline is of a run that went well, within its limits or not: whoever writes it wants the new figures.
absl::Status KeepBaseline(const CheckOptions& options, const Judgement& judgement) {
  const Trial& trial = judgement.trial;
  if (!options.write_baseline.has_value() || judgement.findings.front().outcome != Outcome::kPassed)
    return absl::OkStatus();
  return WriteBaseline(*options.write_baseline, {trial.peak_bytes, trial.last_bytes}, judgement.command);
}

}  // namespace

int Check(const std::vector<std::string>& command, const CheckOptions& options) {
  const absl::StatusOr<Limits> limits = ReadLimits(options);
  if (!limits.ok()) return Fail(limits.status());
  const absl::StatusOr<Prepared> prepared = Prepare(command, options.settings);
  if (!prepared.ok()) return FailToLaunch(prepared.status());
  Destination destination(options.output);
  if (absl::Status status = destination.Check(); !status.ok()) return Fail(status);
  const absl::StatusOr<Trial> trial = Measure(*prepared, options);
  if (!trial.ok()) return FailToLaunch(trial.status());
  SayWhatWentWrong(*trial, options.plan);
  if (trial->interrupted_by != 0) return kSignalStatus + trial->interrupted_by;
  const Judgement judgement = Judge(command, *trial, options.plan, *limits);
  absl::Status status = destination.Write(Written(judgement, options.format));
  if (status.ok()) status = KeepBaseline(options, judgement);
  if (!status.ok()) return Fail(status);
  return judgement.passed() ? kOk : kNo;
}

}  // namespace memgov::cli
