// Summary in words and as JSON.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "governor/cli/frame/output.h"
#include "governor/cli/recording/summary.h"

namespace memgov::cli {
namespace {

using Json = nlohmann::ordered_json;

std::string Seconds(double seconds) { return cli::FormatDuration(absl::Seconds(seconds)); }

std::string Nanoseconds(uint64_t ns) {
  return cli::FormatDuration(absl::Nanoseconds(static_cast<int64_t>(std::min<uint64_t>(ns, INT64_MAX))));
}

std::string Counted(uint64_t count, const char* one, const char* many) {
  return absl::StrCat(count, " ", count == 1 ? one : many);
}

std::string OfLimit(const Summary& summary) {
  if (summary.limit_bytes == UINT64_MAX || summary.limit_bytes == 0) return "";
  const double part =
      static_cast<double>(summary.peak_resident_bytes) / static_cast<double>(summary.limit_bytes);
  return absl::StrFormat(", %.0f %% of the %s of %s", 100 * part,
                         summary.limit_is_container ? "container's limit" : "hard budget",
                         FormatBytes(summary.limit_bytes));
}

std::string Peak(const Summary& summary) {
  std::string words = absl::StrCat("RSS was highest after ", Seconds(summary.peak_after_s), ": ",
                                   FormatBytes(summary.peak_resident_bytes), OfLimit(summary));
  if (summary.peak_between_bytes != 0) {
    absl::StrAppend(&words, "; between two samples it reached ", FormatBytes(summary.peak_between_bytes));
  }
  return words + ".";
}

std::string AtTheEnd(const Summary& summary) {
  const std::string resident = FormatBytes(summary.last_resident_bytes);
  if (!summary.last_is_fresh) return absl::StrCat("At the end it was ", resident, ".");
  return absl::StrCat("At the end it was ", resident, "; the heap held ",
                      FormatBytes(summary.last_held_bytes), ", ", FormatBytes(summary.last_live_bytes),
                      " of it in use.");
}

std::string GivenBack(const Summary& summary) {
  uint64_t bytes = 0;
  std::vector<std::string> reasons;
  for (const Released& released : summary.released) {
    bytes += released.bytes;
    if (released.bytes != 0)
      reasons.push_back(absl::StrCat(released.reason, " ", FormatBytes(released.bytes)));
  }
  if (bytes == 0) return "Nothing was given back to the kernel meanwhile.";
  return absl::StrCat("Given back to the kernel: ", FormatBytes(bytes), " (", absl::StrJoin(reasons, ", "),
                      ").");
}

std::string Stalls(const Summary& summary) {
  if (summary.longest_stall_ns == 0) return "No thread was kept waiting by a release.";
  std::string words = absl::StrCat("No thread was kept waiting by a release for longer than ",
                                   Nanoseconds(summary.longest_stall_ns));
  if (summary.longest_emergency_ns != 0) {
    absl::StrAppend(&words, ", no allocation at a limit for longer than ",
                    Nanoseconds(summary.longest_emergency_ns));
  }
  return words + " (since the process started).";
}

std::string Refusals(const Summary& summary) {
  std::vector<std::string> parts;
  if (summary.refused_allocations != 0) {
    parts.push_back(absl::StrCat(Counted(summary.refused_allocations, "allocation", "allocations"), " (",
                                 FormatBytes(summary.refused_bytes), ") failed at the budget"));
  }
  if (summary.rejections != 0) {
    parts.push_back(
        absl::StrCat(Counted(summary.rejections, "admission was", "admissions were"), " rejected"));
  }
  if (summary.deferrals != 0) {
    parts.push_back(
        absl::StrCat(Counted(summary.deferrals, "admission was", "admissions were"), " deferred"));
  }
  return parts.empty() ? "Nothing was refused." : absl::StrCat(absl::StrJoin(parts, ", "), ".");
}

std::string Ladder(const Summary& summary) {
  const double soft = summary.seconds_on_rung[1];
  const double hard = summary.seconds_on_rung[2];
  if (soft == 0 && hard == 0) {
    return summary.limit_bytes == UINT64_MAX ? "It had no budget." : "It stayed below its soft budget.";
  }
  const auto time_on = [](double seconds, const char* rung) {
    return absl::StrCat(seconds == 0 ? "never " : "", "on the ", rung,
                        seconds == 0 ? "" : absl::StrCat(" for ", Seconds(seconds)));
  };
  return absl::StrCat("Of ", Seconds(summary.to_s - summary.from_s), " it was ", time_on(soft, "soft rung"),
                      ", and ", time_on(hard, "hard one"), ".");
}

std::string Ending(const Recording& recording) {
  if (recording.ended == "process") return "The recording ends because the process did.";
  if (recording.ended == "interrupt") return "The recording was stopped by hand.";
  if (recording.ended == "full") return "The recording ends because it was full.";
  if (recording.ended == "duration") return "";
  return recording.cut_short ? "The recording was cut short: its last line is not whole."
                             : "The recording has no end: it was cut short, or is still being made.";
}

std::string Age(const Recording& recording, const Summary& summary) {
  const double seconds = static_cast<double>(summary.oldest_figures_ns) * 1e-9;
  const bool fresh = std::all_of(recording.samples.begin(), recording.samples.end(),
                                 [&](const Sample& sample) { return sample.IsFresh(recording.interval_s); });
  if (fresh) return "";
  return absl::StrCat(
      "For a time the process did not answer (stopped, busy?): its figures, other than RSS and faults, were "
      "up to ",
      Seconds(seconds), " old and are left out there.");
}

}  // namespace

std::vector<std::string> InWords(const Recording& recording, const Summary& summary) {
  std::vector<std::string> words = {Peak(summary),     AtTheEnd(summary),  Ladder(summary),
                                    Refusals(summary), GivenBack(summary), Stalls(summary)};
  for (const std::string& maybe : {Ending(recording), Age(recording, summary)}) {
    if (!maybe.empty()) words.push_back(maybe);
  }
  return words;
}

namespace {

Json Limit(uint64_t bytes) { return bytes == UINT64_MAX ? Json(nullptr) : Json(bytes); }

Json ReleasesJson(const Summary& summary) {
  Json list = Json::array();
  for (const Released& released : summary.released) {
    list.push_back({{"reason", released.reason}, {"passes", released.passes}, {"bytes", released.bytes}});
  }
  return list;
}

Json PoolsJson(const Summary& summary) {
  Json list = Json::array();
  for (const PoolSummary& pool : summary.pools) {
    list.push_back({{"pool", pool.name},
                    {"most_threads", pool.most_threads},
                    {"peak_live_bytes", pool.peak_live_bytes},
                    {"last_live_bytes", pool.last_live_bytes},
                    {"peak_held_bytes", pool.peak_held_bytes},
                    {"last_held_bytes", pool.last_held_bytes},
                    {"soft_budget_bytes", Limit(pool.soft_budget_bytes)}});
  }
  return list;
}

}  // namespace

Json ToJson(const Recording& recording, const Summary& summary) {
  return {{"pid", recording.pid},
          {"command", recording.command},
          {"version", recording.version},
          {"engine", recording.engine},
          {"samples", summary.samples},
          {"from_s", summary.from_s},
          {"to_s", summary.to_s},
          {"ended", recording.ended},
          {"cut_short", recording.cut_short},
          {"peak_resident_bytes", std::max(summary.peak_resident_bytes, summary.peak_between_bytes)},
          {"last_resident_bytes", summary.last_resident_bytes},
          {"last_held_bytes", summary.last_held_bytes},
          {"last_live_bytes", summary.last_live_bytes},
          {"limit_bytes", Limit(summary.limit_bytes)},
          {"soft_seconds", summary.seconds_on_rung[1]},
          {"hard_seconds", summary.seconds_on_rung[2]},
          {"longest_stall_seconds", static_cast<double>(summary.longest_stall_ns) * 1e-9},
          {"refused_allocations", summary.refused_allocations},
          {"rejections", summary.rejections},
          {"deferrals", summary.deferrals},
          {"releases", ReleasesJson(summary)},
          {"pools", PoolsJson(summary)}};
}

}  // namespace memgov::cli
