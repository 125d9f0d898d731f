// Which charts a page has, and of what.
#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "absl/strings/str_cat.h"
#include "governor/cli/frame/output.h"
#include "governor/cli/recording/page_parts.h"

namespace memgov::cli {
namespace {

constexpr size_t kMostAreas = 7;
constexpr size_t kMostLanes = 9;  // as many as there are reasons and styles
constexpr const char* kRestStyle = "s8";
constexpr double kLeastRest = 4096;  // less comes of rounding

std::string Style(size_t index) { return absl::StrCat("s", index); }

std::string PeakAndEnd(const Values& values) {
  const std::string peak = absl::StrCat("peak ", FormatBytes(ToUnsigned(Highest(values))));
  if (std::isnan(values.back())) return peak;
  return absl::StrCat(peak, ", end ", FormatBytes(ToUnsigned(values.back())));
}

class ChartSet {
 public:
  ChartSet(const Recording& recording, const Summary& summary)
      : recording_(recording),
        summary_(summary),
        time_{FractionsOf(recording), TimeTicks(summary.from_s, summary.to_s)} {}

  std::string Make() {
    std::string html = Memory();
    html += Releases();
    html += Ladder();
    html += Pools("held", "Held by pool", "What each pool keeps from the kernel, live memory included.");
    html += Pools("live", "Live by pool", "What each pool asked for and did not free yet.");
    html += Faults();
    return html + Refusals();
  }

  const std::vector<ReadOut>& read_outs() const { return read_outs_; }

 private:
  // Left out where the process has no such figure.
  void AddFigure(std::vector<ChartSeries>& series, const char* label, const char* style, const char* name) {
    Values values = FigureValues(recording_, name, From::kProcess);
    const bool any =
        std::any_of(values.begin(), values.end(), [](double value) { return !std::isnan(value); });
    if (any) series.push_back({label, style, PeakAndEnd(values), std::move(values)});
  }

  void AddLimit(std::vector<ChartSeries>& limits, const char* label, const char* style, const char* name) {
    AddFigure(limits, label, style, name);
    if (limits.empty() || limits.back().style != style) return;
    limits.back().detail = FormatBytes(ToUnsigned(Highest(limits.back().values)));
  }

  std::string Memory() {
    std::vector<ChartSeries> lines;
    const Values resident = ResidentValues(recording_);
    lines.push_back({"RSS", "s0", PeakAndEnd(resident), resident});
    AddFigure(lines, "held", "s1", "held_bytes");
    AddFigure(lines, "live", "s2", "live_bytes");
    AddFigure(lines, "dirty", "s3 dots", "dirty_bytes");
    std::vector<ChartSeries> limits;
    AddLimit(limits, "soft budget", "soft", "soft_budget_bytes");
    AddLimit(limits, "hard budget", "hard", "hard_budget_bytes");
    AddLimit(limits, "container limit", "container", "container_limit_bytes");
    std::string description = "Lines over time.";
    for (const ChartSeries& line : lines)
      absl::StrAppend(&description, " ", line.label, ": ", line.detail, ".");
    std::vector<ChartSeries> all = lines;
    all.insert(all.end(), limits.begin(), limits.end());
    read_outs_.push_back({"memory", Quantity::kBytes, std::move(all)});
    return LineChart({"memory", "Memory", description, ""}, time_, lines, limits, Quantity::kBytes);
  }

  std::string Releases() {
    std::vector<ChartSeries> lanes;
    std::string description = "Marks over time, a row for each reason.";
    for (const Released& entry : summary_.released) {
      if (entry.bytes == 0 || lanes.size() == kMostLanes) continue;
      const std::string name = absl::StrCat("trimmed_bytes_total{reason=\"", entry.reason, "\"}");
      lanes.push_back(
          {entry.reason, Style(lanes.size()), "", RisesOf(FigureValues(recording_, name, From::kProcess))});
      absl::StrAppend(&description, " ", entry.reason, ": ", FormatBytes(entry.bytes), " in ", entry.passes,
                      " passes.");
    }
    if (lanes.empty()) return "";
    read_outs_.push_back({"given-back", Quantity::kBytes, lanes});
    return LaneChart({"given-back", "Given back to the kernel, by reason", description,
                      "Each row has a scale of its own; the table of releases has the figures."},
                     time_, lanes);
  }

  std::string Ladder() {
    const Values rungs = FigureValues(recording_, "rung", From::kProcess);
    read_outs_.push_back({"ladder", Quantity::kCount, {{"ladder", "", "", rungs}}});
    const std::string description =
        absl::StrCat("Seconds on each rung. Normal: ", std::llround(summary_.seconds_on_rung[0]),
                     ". Soft: ", std::llround(summary_.seconds_on_rung[1]),
                     ". Hard: ", std::llround(summary_.seconds_on_rung[2]), ".");
    return LadderChart({"ladder", "Ladder", description,
                        "Soft: memory is given back, admissions are deferred. Hard: admissions are rejected, "
                        "large allocations may fail."},
                       time_, rungs);
  }

  // By pool, in the order of the summary; those beyond kMostAreas together.
  std::vector<ChartSeries> PoolAreas(const std::string& name) {
    const size_t count = recording_.samples.size();
    std::unordered_map<std::string, size_t> places;
    std::vector<ChartSeries> areas;
    for (const PoolSummary& pool : summary_.pools) {
      if (pool.peak_live_bytes == 0 && pool.peak_held_bytes == 0) continue;
      places.try_emplace(pool.name, std::min(places.size(), kMostAreas));
      if (areas.size() < kMostAreas) areas.push_back({pool.name, Style(areas.size()), "", Values(count, 0)});
    }
    if (places.size() > kMostAreas) areas.push_back({"other pools", "s7", "", Values(count, 0)});
    for (size_t index = 0; index < count; ++index) {
      const Sample& sample = recording_.samples[index];
      if (!sample.IsFresh(recording_.interval_s)) continue;
      for (const Sample::Pool& pool : sample.pools) {
        const auto place = places.find(pool.name);
        if (place == places.end()) continue;
        areas[place->second].values[index] += static_cast<double>(pool.figures.Find(name).value_or(0));
      }
    }
    return areas;
  }

  // What the heap holds beyond all its pools: free pages and caches that are nobody's.
  ChartSeries Rest(const std::vector<ChartSeries>& areas, const std::string& name) const {
    ChartSeries rest = {"of no pool", kRestStyle, "", FigureValues(recording_, name, From::kProcess)};
    for (size_t index = 0; index < rest.values.size(); ++index) {
      double& value = rest.values[index];
      for (const ChartSeries& area : areas) value -= area.values[index];
      value = value > 0 ? value : 0;
    }
    return rest;
  }

  std::string Pools(const std::string& kind, const std::string& title, const std::string& note) {
    const std::string name = kind + "_bytes";
    std::vector<ChartSeries> areas = PoolAreas(name);
    if (areas.empty()) return "";
    ChartSeries rest = Rest(areas, name);
    if (Highest(rest.values) >= kLeastRest) areas.push_back(std::move(rest));
    std::string description = "Areas on top of each other, one for each pool.";
    for (ChartSeries& area : areas) {
      area.detail = PeakAndEnd(area.values);
      absl::StrAppend(&description, " ", area.label, ": ", area.detail, ".");
    }
    const std::string id = "pools-" + kind;
    read_outs_.push_back({id, Quantity::kBytes, {areas.rbegin(), areas.rend()}});
    return StackChart({id, title, description, note}, time_, areas);
  }

  void AddRate(std::vector<ChartSeries>& series, const char* label, const char* style, const char* name,
               From from) {
    Values rates = RatesOf(recording_, FigureValues(recording_, name, from));
    const std::string detail = absl::StrCat("peak ", ToUnsigned(std::ceil(Highest(rates))), " per second");
    series.push_back({label, style, detail, std::move(rates)});
  }

  std::string Rates(const std::string& id, const std::string& title, const std::string& note,
                    const std::vector<ChartSeries>& lines) {
    std::string description = "Lines over time.";
    for (const ChartSeries& line : lines)
      absl::StrAppend(&description, " ", line.label, ": ", line.detail, ".");
    read_outs_.push_back({id, Quantity::kCount, lines});
    return LineChart({id, title, description, note}, time_, lines, {}, Quantity::kCount);
  }

  std::string Faults() {
    std::vector<ChartSeries> lines;
    AddRate(lines, "minor", "s0", "minor_faults_total", From::kKernel);
    AddRate(lines, "major", "s1", "major_faults_total", From::kKernel);
    return Rates("faults", "Page faults per second", "Minor: memory touched anew. Major: read from disk.",
                 lines);
  }

  std::string Refusals() {
    if (summary_.refused_allocations + summary_.deferrals + summary_.rejections == 0) return "";
    std::vector<ChartSeries> lines;
    AddRate(lines, "allocations failed", "s1", "refused_allocations_total", From::kProcess);
    AddRate(lines, "admissions rejected", "s3", "rejections_total", From::kProcess);
    AddRate(lines, "admissions deferred", "s4", "deferrals_total", From::kProcess);
    return Rates("refusals", "Refused per second", "", lines);
  }

  const Recording& recording_;
  const Summary& summary_;
  TimeAxis time_;
  std::vector<ReadOut> read_outs_;
};

}  // namespace

std::string Charts(const Recording& recording, const Summary& summary, std::string& data) {
  ChartSet charts(recording, summary);
  std::string html = charts.Make();
  data += ReadOutData(recording, charts.read_outs());
  return html;
}

}  // namespace memgov::cli
