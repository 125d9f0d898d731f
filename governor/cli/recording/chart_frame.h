// What all charts have around their drawing: title, legend, grid, labels.
#ifndef MEMGOV_GOVERNOR_CLI_RECORDING_CHART_FRAME_H_
#define MEMGOV_GOVERNOR_CLI_RECORDING_CHART_FRAME_H_

#include <string>
#include <string_view>
#include <vector>

#include "governor/cli/recording/chart.h"

namespace memgov::cli {

// The drawing's own units; the page stretches them.
inline constexpr double kDrawingWidth = 1000;
inline constexpr double kDrawingHeight = 300;
inline constexpr size_t kColumns = 480;  // as many as a narrow chart on a wide screen has pixels, halved

struct ChartFrame {
  std::vector<Tick> value_ticks;
  std::vector<std::string> lanes;  // instead of value_ticks: names of rows, the first on top
  std::string drawing;             // SVG inside of kDrawingWidth and kDrawingHeight
};

// A coordinate with one decimal.
std::string Coordinate(double value);

std::string RenderChart(const ChartText& text, const TimeAxis& time, const std::vector<ChartSeries>& legend,
                        const ChartFrame& frame);

}  // namespace memgov::cli

#endif  // MEMGOV_GOVERNOR_CLI_RECORDING_CHART_FRAME_H_
