#include "comparison.h"

#include <algorithm>
#include <utility>

namespace gateway_load {

std::optional<Figure> AllocatorResult::Over(
    const std::function<std::optional<double>(const PassResult&)>& figure) const {
  std::vector<double> values;
  for (const PassResult& pass : passes) {
    if (std::optional<double> value = figure(pass)) values.push_back(*value);
  }
  if (values.empty()) return std::nullopt;
  return Summarise(std::move(values));
}

uint64_t AllocatorResult::Errors() const {
  uint64_t errors = 0;
  for (const PassResult& pass : passes) errors += pass.errors;
  return errors;
}

const PassResult* AllocatorResult::Typical() const {
  if (passes.empty()) return nullptr;
  std::vector<const PassResult*> sorted;
  for (const PassResult& pass : passes) sorted.push_back(&pass);
  std::sort(sorted.begin(), sorted.end(), [](const PassResult* one, const PassResult* other) {
    return one->AverageBytes() < other->AverageBytes();
  });
  return sorted[(sorted.size() - 1) / 2];
}

bool Comparison::AllWell() const {
  return std::all_of(results.begin(), results.end(), [](const AllocatorResult& result) {
    return result.failures.empty() && result.Errors() == 0;
  });
}

const std::vector<Column>& Columns() {
  using Pass = const PassResult&;
  static const std::vector<Column> columns = {
      {"requests/s", "requests_per_second", false, [](Pass pass) { return pass.requests_per_second; }},
      {"p50 ms", "p50_ms", false, [](Pass pass) { return pass.p50_ms; }},
      {"p99 ms", "p99_ms", false, [](Pass pass) { return pass.p99_ms; }},
      {"CPU ms", "server_cpu_ms_per_request", false,
       [](Pass pass) { return pass.server_cpu_ms_per_request; }},
      {"base", "rss_base_bytes", true, [](Pass pass) { return pass.base_bytes; }},
      {"avg", "rss_average_bytes", true, [](Pass pass) { return pass.AverageBytes(); }},
      {"peak", "rss_peak_bytes", true, [](Pass pass) { return pass.PeakBytes(); }},
      {"+0 s", "rss_after_0s_bytes", true, [](Pass pass) { return pass.BytesAfter(0); }},
      {"+1 s", "rss_after_1s_bytes", true, [](Pass pass) { return pass.BytesAfter(1); }},
      {"+5 s", "rss_after_5s_bytes", true, [](Pass pass) { return pass.BytesAfter(5); }},
  };
  return columns;
}

}  // namespace gateway_load
