#include "governor/cli/advice/measurement.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"

namespace memgov::cli {
namespace {

// A recording may hold any number. No process has more than this, and sums of it stay far from 2^64.
constexpr uint64_t kMostBytes = 1ULL << 50;

uint64_t Bounded(uint64_t bytes) { return std::min(bytes, kMostBytes); }

uint64_t BytesOf(const Sample& sample, const char* name) { return Bounded(sample.Value(name)); }

// Counters begin again where the process forked or a recording was pasted together: never below zero.
uint64_t Growth(const Recording& recording, const char* name) {
  const uint64_t first = recording.samples.front().Value(name);
  const uint64_t last = recording.samples.back().Value(name);
  return last > first ? last - first : 0;
}

// The mean of a figure over samples [begin, end).
uint64_t Average(const Recording& recording, size_t begin, size_t end, const char* name) {
  if (begin >= end) return 0;
  double sum = 0;
  for (size_t index = begin; index < end; ++index) {
    sum += static_cast<double>(BytesOf(recording.samples[index], name));
  }
  return static_cast<uint64_t>(sum / static_cast<double>(end - begin));
}

void AddSample(const Sample& sample, Measurement& seen) {
  const uint64_t resident = Bounded(sample.resident_bytes);
  // Another version may have no such figure: then all of RSS counts as the process' own.
  const uint64_t anonymous = std::min(Bounded(sample.Value("anonymous_bytes", resident)), resident);
  seen.peak_anonymous = std::max(seen.peak_anonymous, anonymous);
  seen.least_anonymous = std::min(seen.least_anonymous, anonymous);
  seen.shareable = std::max(seen.shareable, resident - anonymous);
  seen.members = std::max(seen.members, std::min<uint64_t>(sample.Value("cohort_members", 1), 1024));
  seen.highest_rung = std::max(seen.highest_rung, sample.Value("rung"));
  const uint64_t limit = sample.Value("container_limit_bytes", UINT64_MAX);
  if (limit == UINT64_MAX) return;
  seen.container_limit = std::min(seen.container_limit, limit);
  seen.peak_charged = std::max(seen.peak_charged.value_or(0), BytesOf(sample, "charged_bytes"));
}

void FindPeak(const Recording& recording, Measurement& seen) {
  double sum = 0;
  const double begin = recording.samples.front().time_s;
  for (const Sample& sample : recording.samples) {
    const uint64_t resident = Bounded(sample.resident_bytes);
    sum += static_cast<double>(resident);
    if (resident <= seen.peak_resident) continue;
    seen.peak_resident = resident;
    seen.peak_at = seen.seconds > 0 ? std::clamp((sample.time_s - begin) / seen.seconds, 0.0, 1.0) : 0;
  }
  seen.average_resident = static_cast<uint64_t>(sum / static_cast<double>(recording.samples.size()));
}

// The kernel's own high-water mark sees what comes between two samples. It counts where it rose meanwhile.
// Since Linux 6.2 RSS is counted roughly, and the mark may fall a little: the highest, not the last.
void FindPeakByKernel(const Recording& recording, Measurement& seen) {
  seen.peak_before = BytesOf(recording.samples.front(), "peak_resident_bytes");
  uint64_t highest = 0;
  for (const Sample& sample : recording.samples) {
    highest = std::max(highest, BytesOf(sample, "peak_resident_bytes"));
  }
  if (highest <= seen.peak_before || highest < seen.peak_resident) return;
  seen.peak_anonymous += highest - seen.peak_resident;
  seen.peak_resident = highest;
  seen.peak_by_kernel = true;
}

}  // namespace

uint64_t Measurement::Peak() const { return std::max(peak_resident, peak_charged.value_or(0)); }

bool Measurement::PeakIsCharged() const { return peak_charged.value_or(0) > peak_resident; }

absl::StatusOr<Measurement> Measure(const Recording& recording, const std::string& source) {
  const size_t count = recording.samples.size();
  if (count == 0) return absl::FailedPreconditionError(absl::StrCat(source, ": a recording without samples"));
  Measurement seen;
  seen.source = source;
  seen.pid = recording.pid;
  seen.command = recording.command;
  seen.engine = recording.engine;
  seen.cut_short = recording.cut_short;
  seen.process_ended = recording.ended == "process";
  seen.samples = count;
  seen.interval_s = recording.interval_s;
  const double seconds = recording.samples.back().time_s - recording.samples.front().time_s;
  seen.seconds = std::isfinite(seconds) ? std::max(seconds, 0.0) : 0;
  seen.least_anonymous = kMostBytes;
  for (const Sample& sample : recording.samples) AddSample(sample, seen);
  FindPeak(recording, seen);
  FindPeakByKernel(recording, seen);
  if (recording.samples.front().figures.contains("allocated_bytes_total")) {
    seen.allocated = Growth(recording, "allocated_bytes_total");
  }
  seen.live_early = Average(recording, 0, std::max<size_t>(count / 3, 1), "live_bytes");
  seen.live_late = Average(recording, count - std::max<size_t>(count / 3, 1), count, "live_bytes");
  seen.refused = Growth(recording, "refused_allocations_total");
  seen.oom_kills = Growth(recording, "cgroup_oom_kills_total");
  return seen;
}

}  // namespace memgov::cli
