#include "statistics.h"

#include <algorithm>
#include <cmath>

namespace gateway_load {

double Percentile(std::vector<double> values, double percent) {
  if (values.empty()) return 0;
  const double rank = std::ceil(percent / 100 * static_cast<double>(values.size()));
  const size_t index = static_cast<size_t>(std::clamp(rank, 1.0, static_cast<double>(values.size()))) - 1;
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(index), values.end());
  return values[index];
}

Figure Summarise(std::vector<double> values) {
  if (values.empty()) return {};
  std::sort(values.begin(), values.end());
  const size_t middle = values.size() / 2;
  const bool odd = values.size() % 2 == 1;
  return {.median = odd ? values[middle] : (values[middle - 1] + values[middle]) / 2,
          .lowest = values.front(),
          .highest = values.back()};
}

}  // namespace gateway_load
