#include <cstdio>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "chart.h"
#include "commands.h"
#include "comparison.h"
#include "table.h"

namespace gateway_load {
namespace {

std::string Title(const AllocatorResult& result, int run, int runs) {
  return runs == 1 ? result.allocator.name
                   : absl::StrCat(result.allocator.name, ", run ", run + 1, " of ", runs);
}

void Announce(const std::string& title, const PassResult& pass, Progress& progress) {
  progress.Say(
      absl::StrFormat("%s: %.0f requests/s, p99 %.0f ms, RSS %s MiB on average, %s at most, %s at the end",
                      title, pass.requests_per_second, pass.p99_ms, Mebibytes(pass.AverageBytes()),
                      Mebibytes(pass.PeakBytes()), Mebibytes(pass.rss.back().bytes)));
}

void Measure(AllocatorResult& result, const LoadShape& shape, const std::string& title, Progress& progress) {
  absl::StatusOr<PassResult> pass = MeasurePass(result.allocator, shape, title, progress);
  if (pass.ok()) {
    Announce(title, *pass, progress);
    result.passes.push_back(*std::move(pass));
  } else {
    progress.Say(absl::StrCat(title, ": ", pass.status().message()));
    result.failures.emplace_back(pass.status().message());
  }
}

void CountLive(const Options& options, Comparison& comparison, Progress& progress) {
  comparison.why_no_live = options.why_no_counting;
  if (options.counting.empty()) return;
  LoadShape shape = options.shape;
  shape.seconds_after = std::min(shape.seconds_after, 1.0);
  absl::StatusOr<LiveResult> live = MeasureLive(options.live_under, options.counting, shape, progress);
  if (live.ok()) {
    progress.Say(absl::StrFormat("live bytes: %s MiB on average, %s at most", Mebibytes(live->average_bytes),
                                 Mebibytes(live->peak_bytes)));
    comparison.live = *std::move(live);
  } else {
    comparison.why_no_live = std::string(live.status().message());
    progress.Say(comparison.why_no_live);
  }
}

Chart ChartOf(const Comparison& comparison) {
  const char* const what = comparison.shape.self_driven ? "Memory under load, and after it"
                                                        : "Memory of a gateway under load, and after it";
  Chart chart = {.title = what, .subtitle = Describe(comparison.shape), .lines = {}};
  for (const AllocatorResult& result : comparison.results) {
    const PassResult* const pass = result.Typical();
    if (pass == nullptr) continue;
    chart.lines.push_back({.name = result.allocator.name,
                           .series = pass->rss,
                           .load_seconds = pass->load_seconds,
                           .emphasised = absl::StartsWith(result.allocator.name, "memgov"),
                           .background = false});
  }
  if (comparison.live) {
    chart.lines.push_back({.name = "live (requested)",
                           .series = comparison.live->series.requested,
                           .load_seconds = comparison.live->load_seconds,
                           .emphasised = false,
                           .background = true});
  }
  return chart;
}

}  // namespace

int Compare(const Options& options) {
  Progress progress;
  Comparison comparison = {.shape = options.shape,
                           .runs = options.runs,
                           .results = {},
                           .absent = options.absent,
                           .live = std::nullopt,
                           .why_no_live = ""};
  for (const Allocator& allocator : options.allocators) {
    comparison.results.push_back({.allocator = allocator, .passes = {}, .failures = {}});
  }
  CountLive(options, comparison, progress);
  for (int run = 0; run < options.runs; ++run) {
    for (AllocatorResult& result : comparison.results) {
      Measure(result, options.shape, Title(result, run, options.runs), progress);
    }
  }
  std::printf("%s", FormatComparison(comparison).c_str());
  std::fflush(stdout);
  const bool json_written = WriteFile(options.json, ComparisonAsJson(comparison));
  const bool svg_written = WriteFile(options.svg, DrawChart(ChartOf(comparison)));
  return json_written && svg_written && comparison.AllWell() ? 0 : 1;
}

}  // namespace gateway_load
