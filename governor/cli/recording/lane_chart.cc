#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "governor/cli/frame/html.h"
#include "governor/cli/recording/chart.h"
#include "governor/cli/recording/chart_frame.h"

namespace memgov::cli {
namespace {

constexpr double kRowPart = 0.86;    // of a row may be filled
constexpr double kLeastPart = 0.15;  // a mark is seen, however little it stands for

struct Row {
  double bottom = 0;
  double height = 0;
};

Row RowOf(size_t index, size_t count) {
  const double height = kDrawingHeight / static_cast<double>(count);
  return {height * static_cast<double>(index + 1), height * kRowPart};
}

// Sums of each column: the rise of a counter must not be lost where samples are many.
std::string Marks(const TimeAxis& time, const ChartSeries& lane, const Row& row) {
  Values sums(kColumns, 0);
  for (size_t index = 0; index < lane.values.size(); ++index) {
    const auto column = static_cast<size_t>(time.fractions[index] * (kColumns - 1));
    if (!std::isnan(lane.values[index])) sums[column] += lane.values[index];
  }
  const double highest = Highest(sums);
  std::string path;
  for (size_t column = 0; column < sums.size(); ++column) {
    if (sums[column] <= 0) continue;
    const double part = std::max(kLeastPart, sums[column] / highest);
    const double x = kDrawingWidth * static_cast<double>(column) / (kColumns - 1);
    absl::StrAppend(&path, "M", Coordinate(x), " ", Coordinate(row.bottom), "V",
                    Coordinate(row.bottom - part * row.height));
  }
  return path;
}

// -1: not known.
int RungOf(double value) {
  return std::isnan(value) ? -1 : static_cast<int>(std::min<uint64_t>(ToUnsigned(value), 2));
}

std::string Block(double from, double to, int rung) {
  const Row row = RowOf(static_cast<size_t>(2 - rung), 3);
  const double width = std::max((to - from) * kDrawingWidth, 1.0);
  return absl::StrCat("<rect class=\"rung", rung, "\" x=\"", Coordinate(from * kDrawingWidth), "\" y=\"",
                      Coordinate(row.bottom - row.height), "\" width=\"", Coordinate(width), "\" height=\"",
                      Coordinate(row.height), "\"/>\n");
}

}  // namespace

std::string LaneChart(const ChartText& text, const TimeAxis& time, const std::vector<ChartSeries>& lanes) {
  ChartFrame frame;
  for (size_t index = 0; index < lanes.size(); ++index) {
    frame.lanes.push_back(lanes[index].label);
    absl::StrAppend(&frame.drawing, "<path class=\"mark ", lanes[index].style, "\" data-series=\"",
                    Html(lanes[index].label), "\" d=\"",
                    Marks(time, lanes[index], RowOf(index, lanes.size())), "\"/>\n");
  }
  return RenderChart(text, time, {}, frame);
}

std::string LadderChart(const ChartText& text, const TimeAxis& time, const Values& rungs) {
  ChartFrame frame;
  frame.lanes = {"hard", "soft", "normal"};
  const std::vector<size_t> picked = PickHighest(time.fractions, rungs, kColumns);
  for (size_t first = 0; first < picked.size();) {
    const int rung = RungOf(rungs[picked[first]]);
    size_t end = first + 1;
    while (end < picked.size() && RungOf(rungs[picked[end]]) == rung) ++end;
    const double to = end < picked.size() ? time.fractions[picked[end]] : 1;
    if (rung >= 0) frame.drawing += Block(time.fractions[picked[first]], to, rung);
    first = end;
  }
  return RenderChart(text, time, {}, frame);
}

}  // namespace memgov::cli
