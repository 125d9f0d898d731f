// DrawChart: resident memory over time as an SVG, a line for each allocator.
//
// Safety: pure.
#ifndef BENCHMARKS_GATEWAY_LOAD_CHART_H_
#define BENCHMARKS_GATEWAY_LOAD_CHART_H_

#include <string>
#include <vector>

#include "series.h"

namespace gateway_load {

struct ChartLine {
  std::string name;
  Series series;            // seconds since the start of the load, bytes
  double load_seconds = 0;  // where the load ends
  bool emphasised = false;
  bool background = false;  // not an allocator: grey and dashed
};

struct Chart {
  std::string title;
  std::string subtitle;
  std::vector<ChartLine> lines;
};

std::string DrawChart(const Chart& chart);

// The first of 1, 2, 5 x a power of ten that divides `span` into at most `most` steps.
double NiceStep(double span, int most);

}  // namespace gateway_load

#endif  // BENCHMARKS_GATEWAY_LOAD_CHART_H_
