#include "governor/cli/recording/series.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

namespace memgov::cli {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

// Samples that are closer say nothing about a rate.
constexpr double kLeastSeconds = 1e-6;

double FromFigure(uint64_t value) { return value == UINT64_MAX ? kNone : static_cast<double>(value); }

size_t ColumnOf(double fraction, size_t columns) {
  return std::min(columns - 1, static_cast<size_t>(fraction * static_cast<double>(columns)));
}

// Calls use(first, past the last) with the samples of each column that has some.
void ForEachColumn(const Values& fractions, size_t columns, const std::function<void(size_t, size_t)>& use) {
  for (size_t first = 0; first < fractions.size();) {
    size_t end = first + 1;
    while (end < fractions.size() &&
           ColumnOf(fractions[end], columns) == ColumnOf(fractions[first], columns)) {
      ++end;
    }
    use(first, end);
    first = end;
  }
}

// NaN is lower than all.
bool IsLess(double left, double right) { return std::isnan(left) ? !std::isnan(right) : left < right; }

size_t HighestOf(const Values& values, size_t first, size_t end) {
  const auto begin = values.begin();
  const auto found =
      std::max_element(begin + static_cast<ptrdiff_t>(first), begin + static_cast<ptrdiff_t>(end), IsLess);
  return static_cast<size_t>(found - begin);
}

}  // namespace

Values FractionsOf(const Recording& recording) {
  Values fractions;
  fractions.reserve(recording.samples.size());
  if (recording.samples.empty()) return fractions;
  const double from = recording.samples.front().time_s;
  const double length = recording.samples.back().time_s - from;
  for (const Sample& sample : recording.samples) {
    fractions.push_back(length > 0 ? (sample.time_s - from) / length : 0);
  }
  return fractions;
}

Values FigureValues(const Recording& recording, std::string_view name, From from) {
  Values values;
  values.reserve(recording.samples.size());
  for (const Sample& sample : recording.samples) {
    const bool known = from == From::kKernel || sample.IsFresh(recording.interval_s);
    values.push_back(known ? FromFigure(sample.Value(name, UINT64_MAX)) : kNone);
  }
  return values;
}

Values ResidentValues(const Recording& recording) {
  Values values;
  values.reserve(recording.samples.size());
  for (const Sample& sample : recording.samples) values.push_back(FromFigure(sample.resident_bytes));
  return values;
}

Values RisesOf(const Values& counter) {
  Values rises(counter.size(), kNone);
  double before = kNone;
  for (size_t index = 0; index < counter.size(); ++index) {
    if (std::isnan(counter[index])) continue;
    if (!std::isnan(before)) rises[index] = counter[index] - (counter[index] < before ? 0 : before);
    before = counter[index];
  }
  return rises;
}

Values RatesOf(const Recording& recording, const Values& counter) {
  Values rates = RisesOf(counter);
  for (size_t index = 1; index < rates.size(); ++index) {
    const double seconds = recording.samples[index].time_s - recording.samples[index - 1].time_s;
    rates[index] = seconds >= kLeastSeconds ? rates[index] / seconds : kNone;
  }
  return rates;
}

double Highest(const Values& values) {
  double highest = 0;
  for (const double value : values) highest = std::isnan(value) ? highest : std::max(highest, value);
  return highest;
}

double SumOf(const Values& values) {
  double sum = 0;
  for (const double value : values) sum += std::isnan(value) ? 0 : value;
  return sum;
}

uint64_t ToUnsigned(double value) {
  constexpr double kMost = 18'000'000'000'000'000'000.0;
  return value > 0 ? static_cast<uint64_t>(std::min(value, kMost)) : 0;
}

std::vector<ColumnRange> RangesOf(const Values& fractions, const Values& values, size_t columns) {
  std::vector<ColumnRange> ranges;
  ForEachColumn(fractions, columns, [&](size_t first, size_t end) {
    ColumnRange range = {fractions[first], kNone, kNone, kNone};
    double sum = 0;
    size_t count = 0;
    for (size_t index = first; index < end; ++index) {
      if (std::isnan(values[index])) continue;
      if (count == 0) range.fraction = fractions[index];
      range.lowest = count == 0 ? values[index] : std::min(range.lowest, values[index]);
      range.highest = count == 0 ? values[index] : std::max(range.highest, values[index]);
      sum += values[index];
      ++count;
    }
    if (count != 0) range.average = sum / static_cast<double>(count);
    ranges.push_back(range);
  });
  return ranges;
}

std::vector<size_t> PickHighest(const Values& fractions, const Values& values, size_t columns) {
  std::vector<size_t> picked;
  ForEachColumn(fractions, columns,
                [&](size_t first, size_t end) { picked.push_back(HighestOf(values, first, end)); });
  return picked;
}

}  // namespace memgov::cli
