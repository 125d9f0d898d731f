#include <algorithm>
#include <functional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "report.h"
#include "statistics.h"

namespace overload {
namespace {

using Runs = std::vector<RunResult>;
using Counter = std::function<uint64_t(const RunResult&)>;

uint64_t Sum(const Runs& runs, const Counter& counter) {
  uint64_t sum = 0;
  for (const RunResult& run : runs) sum += counter(run);
  return sum;
}

Bar NoneOf(const std::string& what, const Runs& runs, const Counter& counter) {
  const uint64_t sum = Sum(runs, counter);
  return {.what = what, .measured = absl::StrCat(sum, " in ", runs.size(), " runs"), .passed = sum == 0};
}

// Run by run, so that what disturbs a machine for a while disturbs both sides.
Bar Ratio(const std::string& what, const Contender& contender, double (*value)(const RunResult&),
          bool (*good)(double)) {
  std::vector<double> ratios;
  for (size_t i = 0; i < std::min(contender.tight.size(), contender.roomy.size()); ++i) {
    const double roomy = value(contender.roomy[i]);
    if (roomy > 0) ratios.push_back(value(contender.tight[i]) / roomy);
  }
  const gateway_load::Figure figure = gateway_load::Summarise(ratios);
  return {.what = what,
          .measured = absl::StrFormat("%.2f (%.2f to %.2f)", figure.median, figure.lowest, figure.highest),
          .passed = !ratios.empty() && good(figure.median)};
}

double GoodputOf(const RunResult& run) { return run.load.Goodput(); }
double P99Of(const RunResult& run) { return gateway_load::Percentile(run.load.ok_ms, 99); }

void JudgeGoverned(const Contender& contender, bool in_cgroup, std::vector<Bar>& bars) {
  const std::string& name = contender.name;
  const Runs& runs = contender.tight;
  bars.push_back(NoneOf(name + ": runs it did not survive", runs,
                        [](const RunResult& run) { return run.Alive() && run.oom_kills == 0 ? 0u : 1u; }));
  if (in_cgroup) {
    bars.push_back(NoneOf(name + ": charges failed after the first 2 s", runs,
                          [](const RunResult& run) { return run.late_failed_charges; }));
  } else {
    bars.push_back(NoneOf(name + ": runs over the limit", runs,
                          [](const RunResult& run) { return run.over ? 1u : 0u; }));
  }
  bars.push_back(NoneOf(name + ": requests without an answer, or with another status than 200 and 503", runs,
                        [](const RunResult& run) { return run.load.unanswered + run.load.other_status; }));
  bars.push_back(NoneOf(name + ": 503 without Retry-After", runs,
                        [](const RunResult& run) { return run.load.refused_mutely; }));
  bars.push_back({.what = name + ": something was refused (else this is no overload)",
                  .measured = absl::StrCat(Sum(runs, [](const RunResult& run) { return run.load.refused; }),
                                           " in ", runs.size(), " runs"),
                  .passed = std::all_of(runs.begin(), runs.end(),
                                        [](const RunResult& run) { return run.load.refused > 0; })});
  if (contender.roomy.empty()) return;
  bars.push_back(
      Ratio(absl::StrFormat("%s: goodput, of the roomy limit's, >= %.2f", name, kLeastGoodputRatio),
            contender, GoodputOf, [](double ratio) { return ratio >= kLeastGoodputRatio; }));
  bars.push_back(Ratio(absl::StrFormat("%s: p99, of the roomy limit's, <= %.1f", name, kMostP99Ratio),
                       contender, P99Of, [](double ratio) { return ratio > 0 && ratio <= kMostP99Ratio; }));
}

void JudgeOther(const Contender& contender, bool in_cgroup, std::vector<Bar>& bars) {
  const uint64_t fallen = Sum(contender.tight, [in_cgroup](const RunResult& run) {
    return (in_cgroup ? !run.Alive() : !run.Alive() || run.over) ? 1u : 0u;
  });
  bars.push_back({.what = contender.name + (in_cgroup ? ": is killed" : ": goes over"),
                  .measured = absl::StrCat(fallen, " of ", contender.tight.size(), " runs"),
                  .passed = fallen == contender.tight.size()});
}

}  // namespace

std::vector<Bar> JudgeAll(const Report& report) {
  std::vector<Bar> bars;
  for (const Contender& contender : report.contenders) {
    for (const std::string& failure : contender.failures) {
      bars.push_back(
          {.what = contender.name + ": could not be measured", .measured = failure, .passed = false});
    }
    if (contender.tight.empty()) continue;
    if (contender.governed) {
      JudgeGoverned(contender, report.in_cgroup, bars);
    } else {
      JudgeOther(contender, report.in_cgroup, bars);
    }
  }
  return bars;
}

}  // namespace overload
