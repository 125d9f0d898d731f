#include "governor/cli/launch/judgement.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "governor/cli/frame/output.h"
#include "governor/cli/launch/comparison.h"

namespace memgov::cli {
namespace {

Outcome PassedIf(bool passed) { return passed ? Outcome::kPassed : Outcome::kFailed; }

Finding OfCommand(const Trial& trial) {
  Finding finding{"command", PassedIf(EndedWell(trial) && !trial.ended_early), "", {}, {}};
  finding.detail = absl::StrCat("status ", DescribeStatus(trial.status),
                                trial.ended_by_itself ? " by itself" : " when it was stopped",
                                absl::StrFormat(" after %.1f s", trial.seconds));
  if (trial.ended_early) absl::StrAppend(&finding.detail, ", too early");
  if (trial.killed) absl::StrAppend(&finding.detail, "; it did not end 10 s after SIGTERM");
  return finding;
}

Finding OfLoad(const Trial& trial) {
  const bool passed = trial.load_cut || trial.load_status == 0;
  return {"load", PassedIf(passed), absl::StrCat("status ", DescribeStatus(trial.load_status)), {}, {}};
}

struct Limit {
  uint64_t bytes = 0;
  std::string whence;
};

Finding OfLimit(const std::string& name, uint64_t bytes, const Limit& limit) {
  return {name, PassedIf(bytes <= limit.bytes),
          absl::StrCat(FormatBytes(bytes), ", allowed are ", FormatBytes(limit.bytes), limit.whence), bytes,
          limit.bytes};
}

Finding OfPeak(const std::string& name, const Trial& trial, const Limit& limit) {
  Finding finding = OfLimit(name, trial.peak_bytes, limit);
  if (!trial.peak_seen_bytes.has_value()) return finding;
  finding.detail = absl::StrCat("no more than ", finding.detail);
  if (finding.outcome == Outcome::kPassed) return finding;
  if (*trial.peak_seen_bytes > limit.bytes) return OfLimit(name, *trial.peak_seen_bytes, limit);
  finding.outcome = Outcome::kNotJudged;
  absl::StrAppend(&finding.detail, ": it ended too soon to say");
  return finding;
}

Finding OfIdle(const std::string& name, const Trial& trial, const Limit& limit) {
  if (trial.last_bytes.has_value()) return OfLimit(name, *trial.last_bytes, limit);
  return {name, Outcome::kNotJudged, WhyNoIdle(trial), {}, limit.bytes};
}

Finding OfMemgov(const Trial& trial) {
  const std::string name = "memgov";
  if (trial.governed) return {name, Outcome::kPassed, "was loaded", {}, {}};
  if (trial.ran_without)
    return {name, Outcome::kFailed, "was not loaded: this is the command without it", {}, {}};
  return {name, Outcome::kNotJudged, "nobody could see whether it was loaded", {}, {}};
}

uint64_t WithTolerance(uint64_t bytes, double tolerance) {
  const double allowed = static_cast<double>(bytes) * (1 + tolerance);
  return allowed >= std::ldexp(1.0, 63) ? UINT64_MAX : static_cast<uint64_t>(allowed);
}

Limit LimitOf(uint64_t baseline, double tolerance) {
  return {WithTolerance(baseline, tolerance),
          absl::StrFormat(" (baseline %s and %g %%)", FormatBytes(baseline), 100 * tolerance)};
}

}  // namespace

bool Judgement::passed() const {
  return std::none_of(findings.begin(), findings.end(),
                      [](const Finding& finding) { return finding.outcome == Outcome::kFailed; });
}

Judgement Judge(const std::vector<std::string>& command, const Trial& trial, const TrialPlan& plan,
                const Limits& limits) {
  Judgement result{command, trial, {OfCommand(trial)}};
  std::vector<Finding>& findings = result.findings;
  if (plan.load.has_value()) findings.push_back(OfLoad(trial));
  const std::string peak = MeasureName("peak", trial.most_processes);
  const std::string idle = MeasureName("idle", trial.most_processes);
  if (limits.max_rss.has_value()) findings.push_back(OfPeak(peak, trial, {*limits.max_rss, ""}));
  if (limits.max_idle_rss.has_value()) findings.push_back(OfIdle(idle, trial, {*limits.max_idle_rss, ""}));
  if (limits.baseline.has_value()) {
    const Baseline& before = *limits.baseline;
    const std::string against = " against baseline";
    findings.push_back(OfPeak(peak + against, trial, LimitOf(before.peak_bytes, limits.tolerance)));
    findings.push_back(before.idle_bytes.has_value()
                           ? OfIdle(idle + against, trial, LimitOf(*before.idle_bytes, limits.tolerance))
                           : Finding{idle + against, Outcome::kNotJudged, "the baseline has none", {}, {}});
  }
  findings.push_back(OfMemgov(trial));
  return result;
}

}  // namespace memgov::cli
