#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "comparison.h"
#include "table.h"

namespace gateway_load {
namespace {

std::string Cell(const Column& column, double value) {
  if (column.bytes) return Mebibytes(value);
  return value >= 100 ? absl::StrFormat("%.0f", value) : absl::StrFormat("%.1f", value);
}

std::string RatioCell(double value, double to) { return to > 0 ? absl::StrFormat("%.2f", value / to) : "-"; }

Row Headers(bool with_live) {
  Row headers = {"allocator"};
  for (const Column& column : Columns()) headers.emplace_back(column.header);
  if (with_live) headers.insert(headers.end(), {"avg/live", "avg/W", "(avg-base)/W"});
  headers.emplace_back("errors");
  return headers;
}

void AppendRatios(const AllocatorResult& result, const LiveResult& live, Row& row) {
  const auto average = result.Over([](const PassResult& pass) { return pass.AverageBytes(); });
  const auto above_base =
      result.Over([](const PassResult& pass) { return pass.AverageBytes() - pass.base_bytes; });
  row.push_back(RatioCell(average->median, live.average_bytes));
  row.push_back(RatioCell(average->median, live.window_peak_bytes));
  row.push_back(RatioCell(above_base->median, live.window_peak_bytes));
}

Row ResultRow(const AllocatorResult& result, const std::optional<LiveResult>& live) {
  Row row = {result.allocator.name};
  for (const Column& column : Columns()) {
    const std::optional<Figure> figure = result.Over(column.figure);
    row.push_back(figure ? Cell(column, figure->median) : "-");
  }
  if (live) AppendRatios(result, *live, row);
  row.push_back(absl::StrCat(result.Errors()));
  return row;
}

Row SpreadRow(const AllocatorResult& result) {
  Row row = {result.allocator.name};
  for (const Column& column : Columns()) {
    const std::optional<Figure> figure = result.Over(column.figure);
    row.push_back(figure ? absl::StrCat(Cell(column, figure->lowest), "..", Cell(column, figure->highest))
                         : "-");
  }
  return row;
}

std::string LiveLines(const Comparison& comparison) {
  if (!comparison.live) {
    return comparison.why_no_live.empty() ? "" : absl::StrCat("live bytes: ", comparison.why_no_live, "\n");
  }
  const LiveResult& live = *comparison.live;
  return absl::StrFormat(
      "live bytes (counting pass, %s, MiB): requested %s on average, %s at most, %s afterwards; "
      "usable %s on average;\n  W, the 250 ms rolling peak of requested, averaged: %s\n",
      live.allocator, Mebibytes(live.average_bytes), Mebibytes(live.peak_bytes), Mebibytes(live.after_bytes),
      Mebibytes(live.usable_average_bytes), Mebibytes(live.window_peak_bytes));
}

std::string Problems(const Comparison& comparison) {
  std::string out;
  for (const AllocatorResult& result : comparison.results) {
    for (const std::string& failure : result.failures) {
      absl::StrAppend(&out, result.allocator.name, ": ", failure, "\n");
    }
    for (const PassResult& pass : result.passes) {
      if (pass.errors == 0) continue;
      absl::StrAppend(&out, result.allocator.name, ": ", pass.errors,
                      " errors, the first: ", pass.first_error, "\n");
    }
  }
  for (const std::string& absent : comparison.absent) absl::StrAppend(&out, "not measured: ", absent, "\n");
  return out;
}

std::string ClientShare(const Comparison& comparison) {
  double most = 0;
  for (const AllocatorResult& result : comparison.results) {
    for (const PassResult& pass : result.passes) most = std::max(most, pass.client_cpu_share);
  }
  return absl::StrFormat("the client used at most %.0f %% of one CPU\n", most * 100);
}

}  // namespace

std::string FormatComparison(const Comparison& comparison) {
  const std::string runs =
      comparison.runs == 1 ? "1 run" : absl::StrCat("medians of ", comparison.runs, " interleaved runs");
  std::string out =
      absl::StrCat(Describe(comparison.shape), "; ", runs, "; RSS in MiB\n", LiveLines(comparison), "\n");
  std::vector<Row> rows;
  std::vector<Row> spread;
  for (const AllocatorResult& result : comparison.results) {
    if (result.passes.empty()) continue;
    rows.push_back(ResultRow(result, comparison.live));
    spread.push_back(SpreadRow(result));
  }
  out += FormatTable(Headers(comparison.live.has_value()), rows);
  if (comparison.runs > 1) {
    Row headers = Headers(false);
    headers.pop_back();
    absl::StrAppend(&out, "\nspread, lowest..highest of the runs\n", FormatTable(headers, spread));
  }
  const std::string client = comparison.shape.self_driven ? "" : ClientShare(comparison);
  return absl::StrCat(out, "\n", Problems(comparison), client);
}

}  // namespace gateway_load
