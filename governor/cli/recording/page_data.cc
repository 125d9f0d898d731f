#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "absl/strings/str_replace.h"
#include "governor/cli/frame/output.h"
#include "governor/cli/recording/chart_frame.h"
#include "governor/cli/recording/page_parts.h"

namespace memgov::cli {
namespace {

using Json = nlohmann::ordered_json;

// Bytes as kilobytes, rates with one decimal: a read-out shows no more, and the page stays small.
Json Rounded(double value, Quantity quantity) {
  if (std::isnan(value)) return nullptr;
  if (quantity == Quantity::kBytes) return static_cast<int64_t>(value / 1024);
  const double tenths = std::round(value * 10) / 10;
  return tenths < 1e15 && tenths == std::floor(tenths) ? Json(static_cast<int64_t>(tenths)) : Json(tenths);
}

const char* UnitOf(const ReadOut& chart) {
  if (chart.quantity == Quantity::kBytes) return "bytes";
  return chart.chart == "ladder" ? "rung" : "count";
}

Json ChartData(const ReadOut& chart, const std::vector<size_t>& picked) {
  Json names = Json::array();
  Json rows = Json::array();
  for (const ChartSeries& series : chart.series) {
    names.push_back(Printable(series.label));
    Json row = Json::array();
    for (const size_t index : picked) row.push_back(Rounded(series.values[index], chart.quantity));
    rows.push_back(std::move(row));
  }
  return {{"unit", UnitOf(chart)}, {"names", std::move(names)}, {"v", std::move(rows)}};
}

}  // namespace

std::string ReadOutData(const Recording& recording, const std::vector<ReadOut>& charts) {
  const std::vector<size_t> picked = PickHighest(FractionsOf(recording), ResidentValues(recording), kColumns);
  const double start_s = recording.samples.front().time_s;
  Json times = Json::array();
  for (const size_t index : picked) {
    times.push_back(std::round((recording.samples[index].time_s - start_s) * 100) / 100);
  }
  Json data = {{"start_ms", static_cast<int64_t>(start_s * 1000)}, {"t", std::move(times)}};
  data["charts"] = Json::object();
  for (const ReadOut& chart : charts) data["charts"][chart.chart] = ChartData(chart, picked);
  // "</script>" in a name must not end the element.
  return absl::StrReplaceAll(data.dump(-1, ' ', false, Json::error_handler_t::replace), {{"<", "\\u003c"}});
}

}  // namespace memgov::cli
