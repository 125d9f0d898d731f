#include "governor/cli/launch/judgement.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "governor/cli/frame/output.h"
#include "governor/cli/launch/comparison.h"

namespace memgov::cli {
namespace {

Finding OfCommand(const Trial& trial) {
  Finding finding{"command", EndedWell(trial) && !trial.ended_early, "", {}, {}};
  finding.detail = absl::StrCat("status ", DescribeStatus(trial.status),
                                trial.ended_by_itself ? " by itself" : " when it was stopped",
                                absl::StrFormat(" after %.1f s", trial.seconds));
  if (trial.ended_early) absl::StrAppend(&finding.detail, ", too early");
  if (trial.killed) absl::StrAppend(&finding.detail, "; it did not end 10 s after SIGTERM");
  return finding;
}

Finding OfLoad(const Trial& trial) {
  const bool passed = trial.load_cut || trial.load_status == 0;
  return {"load", passed, absl::StrCat("status ", DescribeStatus(trial.load_status)), {}, {}};
}

Finding OfLimit(const std::string& name, uint64_t bytes, uint64_t limit, const std::string& whence) {
  return {name, bytes <= limit,
          absl::StrCat(FormatBytes(bytes), ", allowed are ", FormatBytes(limit), whence), bytes, limit};
}

uint64_t WithTolerance(uint64_t bytes, double tolerance) {
  const double allowed = static_cast<double>(bytes) * (1 + tolerance);
  return allowed >= std::ldexp(1.0, 63) ? UINT64_MAX : static_cast<uint64_t>(allowed);
}

std::string Whence(uint64_t bytes, double tolerance) {
  return absl::StrFormat(" (baseline %s and %g %%)", FormatBytes(bytes), 100 * tolerance);
}

}  // namespace

bool Judgement::passed() const {
  return std::all_of(findings.begin(), findings.end(), [](const Finding& finding) { return finding.passed; });
}

Judgement Judge(const std::vector<std::string>& command, const Trial& trial, const TrialPlan& plan,
                const Limits& limits) {
  Judgement result{command, trial, {OfCommand(trial)}};
  std::vector<Finding>& findings = result.findings;
  if (plan.load.has_value()) findings.push_back(OfLoad(trial));
  const std::string peak = MeasureName("peak", trial.most_processes);
  const std::string idle = MeasureName("idle", trial.most_processes);
  if (limits.max_rss.has_value()) findings.push_back(OfLimit(peak, trial.peak_bytes, *limits.max_rss, ""));
  if (limits.max_idle_rss.has_value()) {
    findings.push_back(OfLimit(idle, trial.last_bytes, *limits.max_idle_rss, ""));
  }
  if (!limits.baseline.has_value()) return result;
  const Baseline& before = *limits.baseline;
  const double tolerance = limits.tolerance;
  findings.push_back(OfLimit(peak + " against baseline", trial.peak_bytes,
                             WithTolerance(before.peak_bytes, tolerance),
                             Whence(before.peak_bytes, tolerance)));
  findings.push_back(OfLimit(idle + " against baseline", trial.last_bytes,
                             WithTolerance(before.idle_bytes, tolerance),
                             Whence(before.idle_bytes, tolerance)));
  return result;
}

}  // namespace memgov::cli
