// Percentiles and medians of a handful, or of a million, figures.
//
// Safety: pure functions.
#ifndef BENCHMARKS_GATEWAY_LOAD_STATISTICS_H_
#define BENCHMARKS_GATEWAY_LOAD_STATISTICS_H_

#include <vector>

namespace gateway_load {

// The nearest-rank percentile (0 < percent <= 100) of `values`, in any order; 0 where there are none.
double Percentile(std::vector<double> values, double percent);

// One figure of several runs.
struct Figure {
  double median = 0;  // of an even number of runs: the mean of the two in the middle
  double lowest = 0;
  double highest = 0;
};

Figure Summarise(std::vector<double> values);

}  // namespace gateway_load

#endif  // BENCHMARKS_GATEWAY_LOAD_STATISTICS_H_
