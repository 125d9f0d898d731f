#include "report.h"

#include <algorithm>
#include <functional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "statistics.h"
#include "table.h"

namespace overload {
namespace {

using gateway_load::Mebibytes;
using Runs = std::vector<RunResult>;

double Median(const Runs& runs, const std::function<double(const RunResult&)>& value) {
  std::vector<double> values;
  for (const RunResult& run : runs) values.push_back(value(run));
  return gateway_load::Summarise(std::move(values)).median;
}

double Highest(const Runs& runs, const std::function<double(const RunResult&)>& value) {
  double highest = 0;
  for (const RunResult& run : runs) highest = std::max(highest, value(run));
  return highest;
}

std::string OutcomeOf(const Runs& runs, uint64_t limit_bytes) {
  if (runs.size() == 1) return Outcome(runs.front(), limit_bytes);
  const auto good = [](const RunResult& run) { return run.Alive() && !run.over; };
  const auto alive = std::count_if(runs.begin(), runs.end(), good);
  const auto killed =
      std::count_if(runs.begin(), runs.end(), [](const RunResult& run) { return !run.Alive(); });
  const auto over = static_cast<std::ptrdiff_t>(runs.size()) - alive - killed;
  std::string text = absl::StrCat("alive ", alive);
  if (killed > 0) absl::StrAppend(&text, ", killed ", killed);
  if (over > 0) absl::StrAppend(&text, ", over ", over);
  return text;
}

gateway_load::Row RowOf(const std::string& name, const Runs& runs, uint64_t limit_bytes) {
  const auto milliseconds = [&runs](double percent) {
    return absl::StrFormat("%.0f", Median(runs, [percent](const RunResult& run) {
                             return gateway_load::Percentile(run.load.ok_ms, percent);
                           }));
  };
  const auto whole = [](double value) { return absl::StrFormat("%.0f", value); };
  return {
      name,
      Mebibytes(static_cast<double>(limit_bytes)),
      OutcomeOf(runs, limit_bytes),
      Mebibytes(Highest(runs, [](const RunResult& run) { return static_cast<double>(run.peak_bytes); })),
      whole(Highest(runs, [](const RunResult& run) { return static_cast<double>(run.late_failed_charges); })),
      whole(Median(runs, [](const RunResult& run) { return static_cast<double>(run.load.ok_ms.size()); })),
      whole(Median(runs, [](const RunResult& run) { return static_cast<double>(run.load.refused); })),
      whole(Highest(runs,
                    [](const RunResult& run) {
                      return static_cast<double>(run.load.unanswered + run.load.other_status);
                    })),
      absl::StrFormat("%.1f", Median(runs, [](const RunResult& run) { return run.load.Goodput(); })),
      milliseconds(50),
      milliseconds(99)};
}

std::string FormatBars(const std::vector<Bar>& bars) {
  std::string text;
  for (const Bar& bar : bars) {
    absl::StrAppend(&text, bar.passed ? "pass    " : "MISSED  ", bar.what, ": ", bar.measured, "\n");
  }
  return text;
}

}  // namespace

std::string Outcome(const RunResult& run, uint64_t limit_bytes) {
  if (!run.Alive()) {
    return absl::StrFormat("%s after %.1f s", run.oom_kills > 0 ? "killed" : "died", run.died_after_seconds);
  }
  if (!run.over) return "alive";
  return absl::StrCat("over by ", Mebibytes(static_cast<double>(run.peak_bytes - limit_bytes)), " MiB");
}

std::string FormatReport(const Report& report) {
  const gateway_load::Row headers = {"allocator", "limit MiB", "outcome", "peak MiB", "late fails", "ok",
                                     "503",       "errors",    "ok/s",    "p50 ms",   "p99 ms"};
  std::vector<gateway_load::Row> rows;
  for (const Contender& contender : report.contenders) {
    if (!contender.tight.empty()) rows.push_back(RowOf(contender.name, contender.tight, report.limit_bytes));
    if (!contender.roomy.empty()) rows.push_back(RowOf(contender.name, contender.roomy, report.roomy_bytes));
  }
  return absl::StrCat(
      report.load, "\n", report.limits, "\n\n", gateway_load::FormatTable(headers, rows), "\n",
      "peak, late fails (charges that failed after the first 2 s) and errors (unanswered, or "
      "another status): the worst run;\nok, 503, ok/s, p50 and p99 (of what was answered with "
      "200): medians of the runs\n\n",
      FormatBars(JudgeAll(report)));
}

}  // namespace overload
