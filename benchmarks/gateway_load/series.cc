#include "series.h"

#include <algorithm>
#include <deque>
#include <iterator>

namespace gateway_load {
namespace {

// The first point after that time.
Series::const_iterator After(const Series& series, double seconds) {
  return std::upper_bound(series.begin(), series.end(), seconds,
                          [](double time, const Point& point) { return time < point.seconds; });
}

}  // namespace

double ValueAt(const Series& series, double seconds) {
  if (series.empty()) return 0;
  const auto next = After(series, seconds);
  return next == series.begin() ? next->bytes : std::prev(next)->bytes;
}

double Average(const Series& series, Interval interval) {
  const double length = interval.to - interval.from;
  if (series.empty() || length <= 0) return ValueAt(series, interval.from);
  double area = 0;
  double since = interval.from;
  double value = ValueAt(series, interval.from);
  for (auto point = After(series, interval.from); point != series.end() && point->seconds < interval.to;
       ++point) {
    area += value * (point->seconds - since);
    since = point->seconds;
    value = point->bytes;
  }
  return (area + value * (interval.to - since)) / length;
}

double Peak(const Series& series, Interval interval) {
  double peak = ValueAt(series, interval.from);
  for (auto point = After(series, interval.from); point != series.end() && point->seconds <= interval.to;
       ++point) {
    peak = std::max(peak, point->bytes);
  }
  return peak;
}

Series RollingPeak(const Series& series, Interval interval, double window) {
  struct Held {
    double until;  // when the next value came
    double bytes;
  };
  Series result;
  std::deque<Held> falling;  // values that may still become the peak: in order of time, ever lower
  for (auto point = series.begin(); point != series.end() && point->seconds <= interval.to; ++point) {
    const double until = std::next(point) == series.end() ? interval.to : std::next(point)->seconds;
    while (!falling.empty() && falling.back().bytes <= point->bytes) falling.pop_back();
    falling.push_back({until, point->bytes});
    while (falling.size() > 1 && falling.front().until <= point->seconds - window) falling.pop_front();
    if (point->seconds >= interval.from) result.push_back({point->seconds, falling.front().bytes});
  }
  return result;
}

Series Thinned(const Series& series, Interval interval, size_t points) {
  Series result;
  const double step = (interval.to - interval.from) / static_cast<double>(points);
  for (size_t i = 0; i < points; ++i) {
    const double from = interval.from + step * static_cast<double>(i);
    result.push_back({from + step / 2, Average(series, {from, from + step})});
  }
  return result;
}

}  // namespace gateway_load
