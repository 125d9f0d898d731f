#include "governor/cli/launch/comparison.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "governor/cli/frame/output.h"

namespace memgov::cli {
namespace {

constexpr double kLeastShare = 0.05;
constexpr double kLeastShareOfOneRun = 0.10;
constexpr double kLeastBytes = 2 << 20;
constexpr double kLeastSeconds = 0.05;

template <typename F>
Spread SpreadOver(const std::vector<Trial>& trials, F&& figure) {
  std::vector<double> values;
  for (const Trial& trial : trials) values.push_back(static_cast<double>(figure(trial)));
  return SpreadOf(std::move(values));
}

const Trial* FirstBad(const std::vector<Trial>& trials) {
  const auto bad =
      std::find_if(trials.begin(), trials.end(), [](const Trial& trial) { return !EndedWell(trial); });
  return bad == trials.end() ? nullptr : &*bad;
}

std::string Percent(const Spread& without, const Spread& with) {
  return absl::StrFormat("%.0f %%", 100 * std::abs(with.median - without.median) / without.median);
}

// Sorted into what is less and what is more under memgov.
struct Changes {
  std::vector<std::string> less;
  std::vector<std::string> more;
};

template <typename F>
void AddBytes(const Comparison& runs, F&& figure, const char* moment, Changes& changes) {
  const Spread without = SpreadOver(runs.without, figure);
  const Spread with = SpreadOver(runs.with, figure);
  if (!Differs(without, with, runs.with.size(), kLeastBytes)) return;
  const auto bytes = static_cast<uint64_t>(std::abs(with.median - without.median));
  auto& list = with.median < without.median ? changes.less : changes.more;
  list.push_back(absl::StrCat(FormatBytes(bytes), " (", Percent(without, with), ") ", moment));
}

template <typename F>
void AddSeconds(const Comparison& runs, F&& figure, const char* what, Changes& changes) {
  const Spread without = SpreadOver(runs.without, figure);
  const Spread with = SpreadOver(runs.with, figure);
  if (!Differs(without, with, runs.with.size(), kLeastSeconds)) return;
  auto& list = with.median < without.median ? changes.less : changes.more;
  list.push_back(absl::StrCat(Percent(without, with), " ", what));
}

std::string MemorySentence(const Comparison& runs) {
  Changes memory;
  if (AllHaveIdle(runs)) {
    AddBytes(
        runs, [](const Trial& trial) { return *trial.last_bytes; },
        runs.under_load ? "after the load" : "at the end", memory);
  }
  const bool peaks = PeaksAreKnown(runs.without) && PeaksAreKnown(runs.with);
  if (peaks) {
    AddBytes(
        runs, [](const Trial& trial) { return trial.peak_bytes; }, "at the peak", memory);
  }
  std::vector<std::string> parts;
  if (!memory.less.empty()) parts.push_back("saves " + absl::StrJoin(memory.less, " and "));
  if (!memory.more.empty()) parts.push_back("takes " + absl::StrJoin(memory.more, " and ") + " more");
  if (parts.empty() && !peaks) return "memgov makes no difference in memory that could be seen";
  if (parts.empty()) return "memgov makes no difference in memory";
  return "memgov " + absl::StrJoin(parts, ", but ");
}

std::string TimeSentence(const Comparison& runs) {
  Changes time;
  if (runs.under_load) {
    AddSeconds(
        runs, [](const Trial& trial) { return trial.load_seconds; }, "time of the load", time);
  } else {
    AddSeconds(
        runs, [](const Trial& trial) { return trial.seconds; }, "wall time", time);
  }
  AddSeconds(
      runs, [](const Trial& trial) { return trial.cpu_seconds; }, "CPU time", time);
  std::vector<std::string> parts;
  if (!time.more.empty()) parts.push_back("costs " + absl::StrJoin(time.more, " and "));
  if (!time.less.empty()) parts.push_back("saves " + absl::StrJoin(time.less, " and "));
  return parts.empty() ? "takes no more time" : absl::StrJoin(parts, " and ");
}

uint64_t Refused(const Comparison& runs) {
  uint64_t refused = 0;
  for (const Trial& trial : runs.with) refused += trial.refused_allocations.value_or(0);
  return refused;
}

}  // namespace

Spread SpreadOf(std::vector<double> values) {
  if (values.empty()) return {};
  std::sort(values.begin(), values.end());
  const size_t middle = values.size() / 2;
  const double median = values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
  return {median, values.front(), values.back()};
}

bool Differs(const Spread& without, const Spread& with, size_t runs, double least) {
  const double difference = std::abs(with.median - without.median);
  const double share = runs > 1 ? kLeastShare : kLeastShareOfOneRun;
  const bool apart = with.least > without.most || with.most < without.least;
  return apart && difference >= least && difference >= share * without.median;
}

std::string Verdict(const Comparison& runs) {
  const Trial* const bad_with = FirstBad(runs.with);
  if (bad_with != nullptr) {
    return absl::StrCat("not like this: under memgov the command ended with ",
                        DescribeStatus(bad_with->status), ", without it with ",
                        DescribeStatus(runs.without.front().status), ".");
  }
  std::string text = absl::StrCat(MemorySentence(runs), " and ", TimeSentence(runs), ".");
  const bool governed =
      std::all_of(runs.with.begin(), runs.with.end(), [](const Trial& trial) { return trial.governed; });
  if (!governed)
    absl::StrAppend(&text, " It was not seen in every run: they end too soon, or do not load it.");
  if (!AllHaveIdle(runs)) absl::StrAppend(&text, " Its runs are too short to judge idle memory.");
  if (const uint64_t refused = Refused(runs); refused > 0) {
    absl::StrAppend(&text, " It refused ", refused, " allocations: the budget is too small.");
  }
  return text;
}

bool AllHaveIdle(const Comparison& runs) {
  const auto has = [](const Trial& trial) { return trial.last_bytes.has_value(); };
  return std::all_of(runs.without.begin(), runs.without.end(), has) &&
         std::all_of(runs.with.begin(), runs.with.end(), has);
}

bool PeaksAreKnown(const std::vector<Trial>& trials) {
  return std::none_of(trials.begin(), trials.end(),
                      [](const Trial& trial) { return trial.peak_seen_bytes.has_value(); });
}

bool Succeeded(const Comparison& runs) { return FirstBad(runs.with) == nullptr; }

std::string MeasureName(const std::string& moment, size_t processes) {
  return processes > 1 ? absl::StrCat(moment, " PSS of ", processes) : moment + " RSS";
}

}  // namespace memgov::cli
