#include "governor/cli/recording/summary.h"

#include <algorithm>
#include <map>

#include "governor/cli/recording/series.h"

namespace memgov::cli {
namespace {

constexpr std::string_view kPasses = "trims_total{reason=\"";
constexpr std::string_view kBytes = "trimmed_bytes_total{reason=\"";

uint64_t RiseOf(const Recording& recording, std::string_view name) {
  return ToUnsigned(SumOf(RisesOf(FigureValues(recording, name, From::kProcess))));
}

void FindPeak(const Recording& recording, Summary& summary) {
  for (const Sample& sample : recording.samples) {
    if (sample.resident_bytes <= summary.peak_resident_bytes) continue;
    summary.peak_resident_bytes = sample.resident_bytes;
    summary.peak_after_s = sample.time_s - summary.from_s;
  }
  // The mark counts from the process' start: only one that rose meanwhile is of this time.
  const uint64_t before = recording.samples.front().Value("peak_resident_bytes");
  const uint64_t after = recording.samples.back().Value("peak_resident_bytes");
  if (after > before && after > summary.peak_resident_bytes) summary.peak_between_bytes = after;
}

void CountRungs(const Recording& recording, Summary& summary) {
  for (size_t index = 0; index + 1 < recording.samples.size(); ++index) {
    const Sample& sample = recording.samples[index];
    const uint64_t rung = std::min<uint64_t>(sample.Value("rung"), 2);
    summary.seconds_on_rung[rung] += recording.samples[index + 1].time_s - sample.time_s;
  }
}

std::vector<Released> CountReleases(const Recording& recording) {
  std::vector<Released> released;
  for (const std::string& name : recording.samples.back().figures.names()) {
    if (!name.starts_with(kPasses) || !name.ends_with("\"}")) continue;
    const std::string reason = name.substr(kPasses.size(), name.size() - kPasses.size() - 2);
    const uint64_t passes = RiseOf(recording, name);
    const uint64_t bytes = RiseOf(recording, std::string(kBytes) + reason + "\"}");
    if (passes != 0 || bytes != 0) released.push_back({reason, passes, bytes});
  }
  std::stable_sort(released.begin(), released.end(),
                   [](const Released& left, const Released& right) { return left.bytes > right.bytes; });
  return released;
}

std::vector<PoolSummary> SummarisePools(const Recording& recording) {
  std::map<std::string, PoolSummary> pools;
  for (const Sample& sample : recording.samples) {
    const bool last = &sample == &recording.samples.back();
    for (const Sample::Pool& pool : sample.pools) {
      PoolSummary& summary = pools[pool.name];
      const uint64_t live = pool.figures.Find("live_bytes").value_or(0);
      const uint64_t held = pool.figures.Find("held_bytes").value_or(0);
      summary.name = pool.name;
      summary.most_threads = std::max(summary.most_threads, pool.figures.Find("threads").value_or(0));
      summary.peak_live_bytes = std::max(summary.peak_live_bytes, live);
      summary.peak_held_bytes = std::max(summary.peak_held_bytes, held);
      summary.soft_budget_bytes = pool.figures.Find("soft_budget_bytes").value_or(UINT64_MAX);
      if (last) summary.last_live_bytes = live;
      if (last) summary.last_held_bytes = held;
    }
  }
  std::vector<PoolSummary> sorted;
  for (auto& [name, summary] : pools) sorted.push_back(std::move(summary));
  std::stable_sort(sorted.begin(), sorted.end(), [](const PoolSummary& left, const PoolSummary& right) {
    return left.peak_live_bytes > right.peak_live_bytes;
  });
  return sorted;
}

}  // namespace

Summary Summarise(const Recording& recording) {
  const Sample& last = recording.samples.back();
  Summary summary;
  summary.samples = recording.samples.size();
  summary.from_s = recording.samples.front().time_s;
  summary.to_s = last.time_s;
  FindPeak(recording, summary);
  CountRungs(recording, summary);
  summary.last_resident_bytes = last.resident_bytes;
  summary.last_is_fresh = last.IsFresh(recording.interval_s);
  summary.last_live_bytes = last.Value("live_bytes");
  summary.last_held_bytes = last.Value("held_bytes");
  summary.limit_bytes = last.Value("container_limit_bytes", UINT64_MAX);
  summary.limit_is_container = summary.limit_bytes != UINT64_MAX;
  if (!summary.limit_is_container) summary.limit_bytes = last.Value("hard_budget_bytes", UINT64_MAX);
  summary.released = CountReleases(recording);
  summary.longest_stall_ns = last.Value("stall_longest_seconds");
  summary.longest_emergency_ns = last.Value("emergency_longest_seconds");
  summary.refused_allocations = RiseOf(recording, "refused_allocations_total");
  summary.refused_bytes = RiseOf(recording, "refused_bytes_total");
  summary.deferrals = RiseOf(recording, "deferrals_total");
  summary.rejections = RiseOf(recording, "rejections_total");
  summary.oldest_figures_ns = ToUnsigned(Highest(FigureValues(recording, "figures_age_ns", From::kKernel)));
  summary.pools = SummarisePools(recording);
  return summary;
}

}  // namespace memgov::cli
