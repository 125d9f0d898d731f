// Series: bytes over time, as sampled; what the tables and the chart are made from.
//
// Safety: values and pure functions.
// Assumptions: points are in order of time. Between two points the earlier value holds (a step function), and
// the last one holds for ever.
#ifndef BENCHMARKS_GATEWAY_LOAD_SERIES_H_
#define BENCHMARKS_GATEWAY_LOAD_SERIES_H_

#include <cstddef>
#include <vector>

namespace gateway_load {

struct Point {
  double seconds;
  double bytes;
};

using Series = std::vector<Point>;

struct Interval {
  double from;
  double to;
};

// The value that holds at that time; before the first point, the first value; 0 for an empty series.
double ValueAt(const Series& series, double seconds);

// Weighted by time. 0 for an empty series; the value at `from` for an empty interval.
double Average(const Series& series, Interval interval);

// The highest value that holds anywhere in the interval.
double Peak(const Series& series, Interval interval);

// At each point of the interval, the highest value that held at any time in the `window` seconds up to it.
Series RollingPeak(const Series& series, Interval interval, double window);

// The interval in that many equal steps, each with its average: a curve to draw or to keep.
Series Thinned(const Series& series, Interval interval, size_t points);

}  // namespace gateway_load

#endif  // BENCHMARKS_GATEWAY_LOAD_SERIES_H_
