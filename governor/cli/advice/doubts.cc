// What a measurement does not show.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "governor/cli/advice/sizing.h"
#include "governor/cli/frame/output.h"

namespace memgov::cli {
namespace {

constexpr double kMinute = 60;
constexpr uint64_t kFewSamples = 10;
// What docs/options.md calls idle: less than 1 MiB allocated in half a second.
constexpr double kIdleBytesPerSecond = 2.0 * (1 << 20);
constexpr double kNearTheEnd = 0.9;
constexpr uint64_t kLeastRise = 16ULL << 20;
constexpr uint64_t kHardRung = 2;

std::string Time(double seconds) { return cli::FormatDuration(absl::Seconds(seconds)); }

void DoubtTime(const Measurement& seen, std::vector<std::string>& doubts) {
  if (seen.one_look) {
    doubts.push_back(absl::StrCat("One look only: the peak is the highest RSS (VmHWM) in the ",
                                  Time(seen.seconds),
                                  " since the process started, all else is as it is now. `memgov record ",
                                  seen.pid, "` under load says more."));
    return;
  }
  if (seen.seconds < kMinute) {
    doubts.push_back(absl::StrCat("Recorded for ", Time(seen.seconds),
                                  ", less than a minute: what comes later is not in it."));
  }
  if (seen.samples < kFewSamples && !seen.peak_by_kernel) {
    doubts.push_back(absl::StrCat("Only ", seen.samples, " samples: peaks between them were not seen."));
  }
  if (seen.process_ended) {
    doubts.push_back(
        "The process ended while it was recorded: if memory was why, it needs more than this peak.");
  }
  if (seen.cut_short) doubts.push_back("The recording ends in the middle of a line: its end is missing.");
}

void DoubtLoad(const Measurement& seen, std::vector<std::string>& doubts) {
  if (!seen.allocated.has_value()) {
    doubts.push_back("It does not say how much was allocated: whether there was load is not known.");
    return;
  }
  const double seconds = std::max(seen.seconds, 1.0);
  if (static_cast<double>(*seen.allocated) < kIdleBytesPerSecond * seconds) {
    doubts.push_back(absl::StrCat("No load to speak of: ", FormatBytes(*seen.allocated), " allocated in ",
                                  Time(seen.seconds), ". These are the needs of an idle process."));
  }
}

void DoubtLimits(const Measurement& seen, const Sizing& sizing, std::vector<std::string>& doubts) {
  if (seen.refused > 0) {
    doubts.push_back(absl::StrCat(seen.refused,
                                  " allocations were refused at the hard budget: the need is above the "
                                  "peak that was measured. Measure with a higher limit."));
  } else if (seen.highest_rung >= kHardRung) {
    doubts.push_back(
        "The hard rung was reached: work was rejected, and the need is above the peak that was measured.");
  }
  if (seen.oom_kills > 0) {
    doubts.push_back(absl::StrCat(seen.oom_kills, " processes of the container were killed for memory."));
  }
  if (sizing.soft < sizing.peak) {
    doubts.push_back(
        "With so little headroom the peak lies above the soft budget: at the peak memory is given back "
        "and admissions are deferred.");
  }
}

void DoubtTrend(const Measurement& seen, std::vector<std::string>& doubts) {
  if (seen.one_look) return;
  if (seen.peak_before > seen.peak_resident + seen.peak_resident / 10) {
    doubts.push_back(absl::StrCat("Before the recording it had reached ", FormatBytes(seen.peak_before),
                                  " (VmHWM): more than in it. Record the load that needed that."));
  }
  if (seen.peak_at > kNearTheEnd && seen.peak_resident > seen.average_resident + seen.average_resident / 10) {
    doubts.push_back("The peak came at the end of the recording: it may not have been the top.");
  }
  if (seen.live_late > seen.live_early + std::max(seen.live_early / 5, kLeastRise)) {
    doubts.push_back(absl::StrCat("Live memory rose from ", FormatBytes(seen.live_early),
                                  " (first third) to ", FormatBytes(seen.live_late),
                                  " (last third): if that is a leak, no limit is enough. "
                                  "`memgov explain ",
                                  seen.pid, "` looks for one."));
  }
}

}  // namespace

std::vector<std::string> Doubts(const Measurement& seen, const Sizing& sizing) {
  std::vector<std::string> doubts;
  DoubtTime(seen, doubts);
  if (seen.engine.empty()) {
    doubts.push_back(
        "Not governed: under memgov the same load is likely to need less. Measure again with "
        "`memgov run`.");
  } else {
    DoubtLoad(seen, doubts);
  }
  DoubtLimits(seen, sizing, doubts);
  DoubtTrend(seen, doubts);
  return doubts;
}

}  // namespace memgov::cli
