#include "governor/cli/launch/comparison_text.h"

#include <algorithm>
#include <functional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "governor/cli/frame/output.h"

namespace memgov::cli {
namespace {

using Figure = std::function<double(const Trial&)>;
using Format = std::function<std::string(double)>;

std::string Bytes(double bytes) { return FormatBytes(static_cast<uint64_t>(bytes)); }
std::string Time(double seconds) { return absl::StrFormat("%.2f s", seconds); }
std::string Count(double count) { return absl::StrFormat("%.0f", count); }

struct Row {
  std::string name;
  Figure figure;
  Format format;
  bool known = true;
  bool may_be_bound = false;
};

double MedianOf(const std::vector<Trial>& trials, const Figure& figure) {
  std::vector<double> values;
  for (const Trial& trial : trials) values.push_back(figure(trial));
  return SpreadOf(std::move(values)).median;
}

size_t MostProcesses(const Comparison& runs) {
  size_t most = 1;
  for (const Trial& trial : runs.without) most = std::max(most, trial.most_processes);
  for (const Trial& trial : runs.with) most = std::max(most, trial.most_processes);
  return most;
}

double TimeOf(const Trial& trial, bool under_load) { return under_load ? trial.load_seconds : trial.seconds; }

double IdleOf(const Trial& trial) { return static_cast<double>(trial.last_bytes.value_or(0)); }

std::vector<Row> RowsOf(const Comparison& runs) {
  const size_t processes = MostProcesses(runs);
  const bool load = runs.under_load;
  return {{MeasureName("peak", processes), [](const Trial& t) { return static_cast<double>(t.peak_bytes); },
           Bytes, true, true},
          {load ? "after the load" : "at the end", IdleOf, Bytes, AllHaveIdle(runs)},
          {load ? "time of the load" : "wall time", [load](const Trial& t) { return TimeOf(t, load); }, Time},
          {"CPU time", [](const Trial& t) { return t.cpu_seconds; }, Time},
          {"page faults", [](const Trial& t) { return static_cast<double>(t.minor_faults); }, Count},
          {"from disk", [](const Trial& t) { return static_cast<double>(t.major_faults); }, Count}};
}

bool IsBound(const Row& row, const std::vector<Trial>& trials) {
  return row.may_be_bound && !PeaksAreKnown(trials);
}

std::string Cell(const Row& row, const std::vector<Trial>& trials) {
  if (!row.known) return "too short";
  return (IsBound(row, trials) ? "<= " : "") + row.format(MedianOf(trials, row.figure));
}

std::string Change(double without, double with) {
  if (without == with) return "0 %";
  if (without == 0) return "";
  return absl::StrFormat("%+.0f %%", 100 * (with - without) / without);
}

// The worst one: a run that went wrong, else the first.
std::string StatusOf(const std::vector<Trial>& trials) {
  for (const Trial& trial : trials) {
    if (!EndedWell(trial)) return DescribeStatus(trial.status);
  }
  return DescribeStatus(trials.front().status);
}

std::string RefusedIn(const std::vector<Trial>& trials) {
  std::optional<uint64_t> sum;
  for (const Trial& trial : trials) {
    if (trial.refused_allocations.has_value()) sum = sum.value_or(0) + *trial.refused_allocations;
  }
  return sum.has_value() ? absl::StrCat(*sum) : "-";
}

nlohmann::json SideToJson(const std::vector<Trial>& trials, bool under_load) {
  nlohmann::json runs = nlohmann::json::array();
  for (const Trial& trial : trials) runs.push_back(ToJson(trial));
  const auto median = [&](const Figure& figure) { return MedianOf(trials, figure); };
  const bool all_idle =
      std::all_of(trials.begin(), trials.end(), [](const Trial& t) { return t.last_bytes.has_value(); });
  return {{"peak_bytes", median([](const Trial& t) { return static_cast<double>(t.peak_bytes); })},
          {"last_bytes", all_idle ? nlohmann::json(median(IdleOf)) : nlohmann::json()},
          {"seconds", median([&](const Trial& t) { return TimeOf(t, under_load); })},
          {"cpu_seconds", median([](const Trial& t) { return t.cpu_seconds; })},
          {"minor_faults", median([](const Trial& t) { return static_cast<double>(t.minor_faults); })},
          {"major_faults", median([](const Trial& t) { return static_cast<double>(t.major_faults); })},
          {"status", StatusOf(trials)},
          {"runs", std::move(runs)}};
}

// Words in lines of at most `width`.
void PrintWrapped(const std::string& text, size_t width, std::ostream& out) {
  size_t column = 0;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find(' ', begin), text.size());
    const size_t length = end - begin;
    if (column > 0 && column + 1 + length > width) {
      out << '\n';
      column = 0;
    }
    out << (column > 0 ? " " : "") << text.substr(begin, length);
    column += length + (column > 0 ? 1 : 0);
    begin = end + 1;
  }
  out << '\n';
}

}  // namespace

void PrintComparison(const Comparison& runs, std::ostream& out, int width) {
  const size_t count = runs.with.size();
  const std::string title = count > 1 ? absl::StrCat("medians of ", count, " runs") : "one run of each";
  Table table({{title, Align::kLeft, 0},
               {"without", Align::kRight, 0},
               {"memgov", Align::kRight, 0},
               {"change", Align::kRight, 1}});
  for (const Row& row : RowsOf(runs)) {
    const bool comparable = row.known && !IsBound(row, runs.without) && !IsBound(row, runs.with);
    const double without = MedianOf(runs.without, row.figure);
    const double with = MedianOf(runs.with, row.figure);
    table.AddRow(
        {row.name, Cell(row, runs.without), Cell(row, runs.with), comparable ? Change(without, with) : ""});
  }
  table.AddRow({"exit status", StatusOf(runs.without), StatusOf(runs.with), ""});
  table.AddRow({"refused allocations", "-", RefusedIn(runs.with), ""});
  table.Print(out, width);
  PrintWrapped("Verdict: " + Verdict(runs), width > 0 ? static_cast<size_t>(width) : SIZE_MAX, out);
}

nlohmann::json ToJson(const Comparison& runs) {
  return {{"command", runs.command},
          {"under_load", runs.under_load},
          {"measure", MostProcesses(runs) > 1 ? "pss" : "rss"},
          {"without", SideToJson(runs.without, runs.under_load)},
          {"memgov", SideToJson(runs.with, runs.under_load)},
          {"succeeded", Succeeded(runs)},
          {"verdict", Verdict(runs)}};
}

nlohmann::json ToJson(const Trial& trial) {
  nlohmann::json json = {{"peak_bytes", trial.peak_bytes},
                         {"peak_is_bound", trial.peak_seen_bytes.has_value()},
                         {"last_bytes", nullptr},
                         {"processes", trial.most_processes},
                         {"seconds", trial.seconds},
                         {"cpu_seconds", trial.cpu_seconds},
                         {"minor_faults", trial.minor_faults},
                         {"major_faults", trial.major_faults},
                         {"status", DescribeStatus(trial.status)},
                         {"ended_by_itself", trial.ended_by_itself},
                         {"killed", trial.killed},
                         {"governed", trial.governed},
                         {"refused_allocations", nullptr},
                         {"load_status", nullptr},
                         {"load_seconds", trial.load_seconds}};
  if (trial.last_bytes.has_value()) json["last_bytes"] = *trial.last_bytes;
  if (trial.refused_allocations.has_value()) json["refused_allocations"] = *trial.refused_allocations;
  if (trial.load_status.has_value()) json["load_status"] = DescribeStatus(trial.load_status);
  return json;
}

std::string Dump(const nlohmann::json& json) {
  return json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace memgov::cli
