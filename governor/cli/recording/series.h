// Figures of a recording over time, and as many points of them as a picture can show.
#ifndef MEMGOV_GOVERNOR_CLI_RECORDING_SERIES_H_
#define MEMGOV_GOVERNOR_CLI_RECORDING_SERIES_H_

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "governor/cli/recording/recording.h"

namespace memgov::cli {

// One for each sample; NaN where there is none, or it is unlimited.
using Values = std::vector<double>;

// Where each sample lies between the first (0) and the last (1).
Values FractionsOf(const Recording& recording);

// What the process said of itself; NaN, too, while it did not answer. What the kernel said is always of its
// moment.
enum class From { kProcess, kKernel };
Values FigureValues(const Recording& recording, std::string_view name, From from);
Values ResidentValues(const Recording& recording);
// What a counter rose by since the sample before that has one; a counter that fell began again at 0. The
// first is NaN.
Values RisesOf(const Values& counter);
// The same by second.
Values RatesOf(const Recording& recording, const Values& counter);

double Highest(const Values& values);  // 0 where there is none
double SumOf(const Values& values);
// The nearest that fits; NaN: 0.
uint64_t ToUnsigned(double value);

// What a column of a picture shows of the samples in it.
struct ColumnRange {
  double fraction = 0;  // of its first sample that has a value
  double lowest = 0;    // NaN, as all that follows: none has one
  double highest = 0;
  double average = 0;
};
// Of each column that has samples: no spike is lost.
std::vector<ColumnRange> RangesOf(const Values& fractions, const Values& values, size_t columns);
// Of each column the sample with the highest value.
std::vector<size_t> PickHighest(const Values& fractions, const Values& values, size_t columns);

}  // namespace memgov::cli

#endif  // MEMGOV_GOVERNOR_CLI_RECORDING_SERIES_H_
