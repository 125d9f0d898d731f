// Charts as HTML: a drawing in SVG that stretches to any width, with its labels as text beside it, so that
// they stay readable on a phone. They need no script.
#ifndef MEMGOV_GOVERNOR_CLI_RECORDING_CHART_H_
#define MEMGOV_GOVERNOR_CLI_RECORDING_CHART_H_

#include <string>
#include <vector>

#include "governor/cli/recording/axis.h"
#include "governor/cli/recording/series.h"

namespace memgov::cli {

// What a chart says apart from its drawing: any text, escaped when it is written.
struct ChartText {
  std::string id;  // of the element: letters and '-'
  std::string title;
  std::string description;  // what is to be seen, for who cannot see it
  std::string note;         // a line under the title, or ""
};

struct TimeAxis {
  Values fractions;  // of each sample
  std::vector<Tick> ticks;
};

// `style` is a class of page_parts.h: "s0" to "s8", also with "dots"; "soft", "hard", "container", "rung0" to
// "rung2".
struct ChartSeries {
  std::string label;
  std::string style;
  std::string detail;  // beside the label in the legend
  Values values;
};

// Lines; where samples are many, through the average of each column, with a band from its lowest to its
// highest. `limits` are drawn, too, but only those near enough to leave the lines room; of the others the
// legend says that they lie above.
std::string LineChart(const ChartText& text, const TimeAxis& time, const std::vector<ChartSeries>& lines,
                      const std::vector<ChartSeries>& limits, Quantity quantity);

// Areas on top of each other, the first at the bottom; where samples are many, the highest moment of each
// column.
std::string StackChart(const ChartText& text, const TimeAxis& time, const std::vector<ChartSeries>& areas);

// Rows under each other, each with bars: as high as its value is of the row's highest.
std::string LaneChart(const ChartText& text, const TimeAxis& time, const std::vector<ChartSeries>& lanes);

// Rows "normal", "soft", "hard" with a block as long as each lasted.
std::string LadderChart(const ChartText& text, const TimeAxis& time, const Values& rungs);

}  // namespace memgov::cli

#endif  // MEMGOV_GOVERNOR_CLI_RECORDING_CHART_H_
