#include "governor/cli/recording/sampler.h"

#include <time.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "governor/cli/proc/cgroup_memory.h"
#include "governor/cli/recording/parse_line.h"
#include "governor/cli/target/control.h"

namespace memgov::cli {
namespace {

int64_t ReadClock(clockid_t clock) {
  timespec now;
  clock_gettime(clock, &now);
  return now.tv_sec * int64_t{1'000'000'000} + now.tv_nsec;
}

std::string KeyOf(const FigureName& figure, std::string_view prefix) {
  std::string_view name = figure.name;
  if (name.starts_with(prefix)) name.remove_prefix(prefix.size());
  return figure.labels.empty() ? std::string(name) : std::string(name) + "{" + figure.labels + "}";
}

void CopyFigures(const std::vector<FigureName>& names, const std::vector<uint64_t>& values,
                 std::string_view prefix, Figures& figures) {
  const size_t count = std::min({names.size(), values.size(), kMostFigures});
  for (size_t index = 0; index < count; ++index) {
    const std::string key = KeyOf(names[index], prefix);
    if (key.size() <= kMostNameBytes) figures[key] = values[index];
  }
}

}  // namespace

int64_t MonotonicNs() { return ReadClock(CLOCK_MONOTONIC); }

void TakeFigures(const Reading& reading, Sample& sample) {
  CopyFigures(reading.names, reading.values, "memgov_", sample.figures);
  const size_t pools = std::min(reading.pools.size(), kMostPools);
  for (size_t index = 0; index < pools; ++index) {
    Sample::Pool& pool = sample.pools.emplace_back();
    pool.name = reading.pools[index].name;
    CopyFigures(reading.pool_names, reading.pools[index].values, "memgov_pool_", pool.figures);
  }
}

absl::StatusOr<RecordingSampler> RecordingSampler::Make(Governed process, absl::Duration patience) {
  const absl::StatusOr<Proc::Brief> brief = Proc().ReadBrief(process.pid);
  if (!brief.ok()) return brief.status();
  return RecordingSampler(std::move(process), patience, brief->start_ticks);
}

RecordingSampler::RecordingSampler(Governed process, absl::Duration patience, uint64_t start_ticks)
    : process_(std::move(process)),
      patience_(patience),
      start_ticks_(start_ticks),
      time_line_(ReadClock(CLOCK_REALTIME), MonotonicNs()) {}

absl::StatusOr<Proc::Brief> RecordingSampler::ReadAlive() const {
  absl::StatusOr<Proc::Brief> brief = proc_.ReadBrief(process_.pid);
  if (!brief.ok()) return brief;
  const bool gone = brief->state == 'Z' || brief->state == 'X' || brief->start_ticks != start_ticks_;
  if (gone) return absl::NotFoundError("the process has ended");
  return brief;
}

absl::StatusOr<Sample> RecordingSampler::Take() {
  // Neither of these decides whether the process lives; figures_age_ns says where they failed.
  Ask(process_, "refresh", patience_).IgnoreError();
  Refresh(process_).IgnoreError();
  const absl::StatusOr<Proc::Brief> brief = ReadAlive();
  if (!brief.ok()) return brief.status();
  const int64_t now_ns = MonotonicNs();
  Sample sample;
  sample.time_s = time_line_.SecondsAt(now_ns);
  sample.resident_bytes = brief->resident_bytes;
  TakeFigures(process_.reading, sample);
  sample.figures["figures_age_ns"] =
      static_cast<uint64_t>(std::max<int64_t>(now_ns - process_.reading.monotonic_ns, 0));
  sample.figures["minor_faults_total"] = brief->minor_faults;
  sample.figures["major_faults_total"] = brief->major_faults;
  if (const auto status = proc_.ReadStatus(process_.pid); status.ok()) {
    sample.figures["swap_bytes"] = status->swap_bytes;
    sample.figures["peak_resident_bytes"] = status->peak_bytes;
  }
  if (const auto cgroup = ReadCgroupMemory(process_.pid); cgroup.ok()) {
    sample.figures["cgroup_usage_bytes"] = cgroup->usage_bytes;
    sample.figures["cgroup_working_set_bytes"] = cgroup->working_set_bytes;
  }
  return sample;
}

}  // namespace memgov::cli
