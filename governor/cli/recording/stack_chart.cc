#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "governor/cli/frame/html.h"
#include "governor/cli/recording/chart.h"
#include "governor/cli/recording/chart_frame.h"

namespace memgov::cli {
namespace {

constexpr double kRoom = 1.06;

void AddTo(Values& sums, const Values& values) {
  for (size_t index = 0; index < sums.size(); ++index) {
    if (!std::isnan(values[index])) sums[index] += values[index];
  }
}

std::string Point(const TimeAxis& time, size_t index, double value, double top) {
  return absl::StrCat(Coordinate(kDrawingWidth * time.fractions[index]), " ",
                      Coordinate(kDrawingHeight * (1 - value / top)));
}

// Along the upper edge, and back along the lower one. A sample alone fills the width.
std::string Area(const TimeAxis& time, const std::vector<size_t>& picked, const Values& lower,
                 const Values& upper, double top) {
  std::string path;
  for (const size_t index : picked) {
    absl::StrAppend(&path, path.empty() ? "M" : "L", Point(time, index, upper[index], top));
  }
  const bool alone = picked.size() == 1;
  if (alone) absl::StrAppend(&path, "H", kDrawingWidth);
  for (auto index = picked.rbegin(); index != picked.rend(); ++index) {
    if (alone) absl::StrAppend(&path, "V", Coordinate(kDrawingHeight * (1 - lower[*index] / top)));
    absl::StrAppend(&path, "L", Point(time, *index, lower[*index], top));
  }
  return path + "Z";
}

}  // namespace

std::string StackChart(const ChartText& text, const TimeAxis& time, const std::vector<ChartSeries>& areas) {
  Values total(time.fractions.size(), 0);
  for (const ChartSeries& area : areas) AddTo(total, area.values);
  const double highest = Highest(total);
  const double top = highest > 0 ? highest * kRoom : 1;
  const std::vector<size_t> picked = PickHighest(time.fractions, total, kColumns);
  ChartFrame frame;
  frame.value_ticks = ValueTicks(top, Quantity::kBytes);
  Values lower(time.fractions.size(), 0);
  for (const ChartSeries& area : areas) {
    Values upper = lower;
    AddTo(upper, area.values);
    absl::StrAppend(&frame.drawing, "<path class=\"area ", area.style, "\" data-series=\"", Html(area.label),
                    "\" d=\"", Area(time, picked, lower, upper, top), "\"/>\n");
    lower = std::move(upper);
  }
  std::vector<ChartSeries> legend = areas;
  std::reverse(legend.begin(), legend.end());  // as they lie on each other
  return RenderChart(text, time, legend, frame);
}

}  // namespace memgov::cli
