#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "governor/cli/frame/html.h"
#include "governor/cli/recording/chart.h"
#include "governor/cli/recording/chart_frame.h"

namespace memgov::cli {
namespace {

constexpr double kRoom = 1.06;       // above the highest line
constexpr double kNearEnough = 2.5;  // times the highest line

double Height(double value, double top) { return kDrawingHeight * (1 - value / top); }

// Every sample where there are few, else what each column has of them.
std::vector<ColumnRange> RangesToDraw(const TimeAxis& time, const Values& values) {
  if (values.size() > 2 * kColumns) return RangesOf(time.fractions, values, kColumns);
  std::vector<ColumnRange> ranges;
  for (size_t index = 0; index < values.size(); ++index) {
    ranges.push_back({time.fractions[index], values[index], values[index], values[index]});
  }
  return ranges;
}

// Through the averages; interrupted where there is no value; one alone is a line across.
std::string LinePath(const std::vector<ColumnRange>& ranges, double top) {
  std::string path;
  bool drawing = false;
  for (const ColumnRange& range : ranges) {
    if (!std::isnan(range.average)) {
      absl::StrAppend(&path, drawing ? "L" : "M", Coordinate(kDrawingWidth * range.fraction), " ",
                      Coordinate(Height(range.average, top)));
    }
    drawing = !std::isnan(range.average);
  }
  const bool alone = ranges.size() == 1 && drawing;
  return alone ? path + absl::StrCat("H", kDrawingWidth) : path;
}

// From the lowest to the highest of each column, a bar each: gaps stay gaps.
std::string BandPath(const std::vector<ColumnRange>& ranges, double top) {
  std::string path;
  for (const ColumnRange& range : ranges) {
    if (std::isnan(range.lowest) || range.lowest == range.highest) continue;
    absl::StrAppend(&path, "M", Coordinate(kDrawingWidth * range.fraction), " ",
                    Coordinate(Height(range.lowest, top)), "V", Coordinate(Height(range.highest, top)));
  }
  return path;
}

std::string Line(const TimeAxis& time, const ChartSeries& line, double top) {
  const std::vector<ColumnRange> ranges = RangesToDraw(time, line.values);
  const std::string band = BandPath(ranges, top);
  std::string drawing;
  if (!band.empty()) absl::StrAppend(&drawing, "<path class=\"band ", line.style, "\" d=\"", band, "\"/>\n");
  absl::StrAppend(&drawing, "<path class=\"line ", line.style, "\" data-series=\"", Html(line.label),
                  "\" d=\"", LinePath(ranges, top), "\"/>\n");
  return drawing;
}

}  // namespace

std::string LineChart(const ChartText& text, const TimeAxis& time, const std::vector<ChartSeries>& lines,
                      const std::vector<ChartSeries>& limits, Quantity quantity) {
  double highest = 0;
  for (const ChartSeries& line : lines) highest = std::max(highest, Highest(line.values));
  double top = highest;
  std::vector<ChartSeries> legend = lines;
  for (const ChartSeries& limit : limits) {
    const double value = Highest(limit.values);
    const bool near = value <= kNearEnough * highest;
    if (near) top = std::max(top, value);
    legend.push_back(limit);
    if (!near) absl::StrAppend(&legend.back().detail, ", above this chart");
  }
  top = top > 0 ? top * kRoom : 1;
  ChartFrame frame;
  frame.value_ticks = ValueTicks(top, quantity);
  for (const ChartSeries& limit : limits) {
    if (Highest(limit.values) <= top) frame.drawing += Line(time, limit, top);
  }
  // The first series is the one to see: it is drawn last.
  for (auto line = lines.rbegin(); line != lines.rend(); ++line) frame.drawing += Line(time, *line, top);
  return RenderChart(text, time, legend, frame);
}

}  // namespace memgov::cli
