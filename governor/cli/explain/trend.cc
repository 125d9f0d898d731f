#include "governor/cli/explain/trend.h"

#include <algorithm>
#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "governor/cli/frame/output.h"

namespace memgov::cli::explain {
namespace {

constexpr int64_t kSmallestChange = 1 << 20;
constexpr int64_t kPartOfResident = 200;  // half a per cent

int64_t Difference(uint64_t now, uint64_t before) { return static_cast<int64_t>(now - before); }

int64_t HeapChange(const Look& first, const Look& second) {
  int64_t change = 0;
  for (const MappingKind kind : {MappingKind::kChunk, MappingKind::kMainHeap, MappingKind::kMallocArena}) {
    const auto before = first.by_kind.find(kind);
    const auto now = second.by_kind.find(kind);
    change += Difference(now == second.by_kind.end() ? 0 : now->second,
                         before == first.by_kind.end() ? 0 : before->second);
  }
  return change;
}

Verdict Judge(const Trend& trend, int64_t heap_change, int64_t threshold) {
  if (trend.live_change && *trend.live_change >= threshold) return Verdict::kLiveRising;
  if (trend.resident_change <= -threshold) return Verdict::kFalling;
  if (trend.resident_change < threshold) return Verdict::kSteady;
  if (heap_change < trend.resident_change / 2) return Verdict::kOutsideRising;
  return trend.live_change ? Verdict::kFragmentationRising : Verdict::kRising;
}

std::string Signed(int64_t change) {
  return absl::StrCat(change < 0 ? "-" : "+", FormatBytes(static_cast<uint64_t>(std::abs(change))));
}

}  // namespace

Trend FindTrend(const Look& first, const Look& second) {
  Trend trend;
  trend.watched = second.time - first.time;
  trend.resident_change = Difference(second.resident_bytes, first.resident_bytes);
  if (first.live_bytes && second.live_bytes)
    trend.live_change = Difference(*second.live_bytes, *first.live_bytes);
  trend.minor_faults = second.minor_faults - std::min(first.minor_faults, second.minor_faults);
  trend.major_faults = second.major_faults - std::min(first.major_faults, second.major_faults);
  if (trend.watched <= absl::ZeroDuration()) return trend;
  const auto resident = static_cast<int64_t>(std::min<uint64_t>(first.resident_bytes, INT64_MAX));
  trend.verdict =
      Judge(trend, HeapChange(first, second), std::max(kSmallestChange, resident / kPartOfResident));
  return trend;
}

const char* NameOf(Verdict verdict) {
  switch (verdict) {
    case Verdict::kNotWatched:
      return "not_watched";
    case Verdict::kSteady:
      return "steady";
    case Verdict::kFalling:
      return "falling";
    case Verdict::kLiveRising:
      return "live_rising";
    case Verdict::kFragmentationRising:
      return "fragmentation_rising";
    case Verdict::kOutsideRising:
      return "outside_rising";
    case Verdict::kRising:
      return "rising";
  }
  return "";
}

std::string Describe(const Trend& trend) {
  const std::string live =
      trend.live_change ? absl::StrCat(", memory in use by ", Signed(*trend.live_change)) : "";
  const std::string change = absl::StrCat("In ", cli::FormatDuration(trend.watched), " RSS changed by ",
                                          Signed(trend.resident_change), live, ": ");
  switch (trend.verdict) {
    case Verdict::kNotWatched:
      return "Looked once: whether it grows is not known (--watch TIME).";
    case Verdict::kSteady:
      return change + "steady, no sign of a leak in that time.";
    case Verdict::kFalling:
      return change + "memory is going back.";
    case Verdict::kLiveRising:
      return change +
             "more is in use. More work, or a leak: if it goes on under a load that stays the same, "
             "it is a leak.";
    case Verdict::kFragmentationRising:
      return change + "what is in use stays, the heap grows: fragmentation or caches, no leak.";
    case Verdict::kOutsideRising:
      return change +
             "it is not malloc's heap that grows, but what the program maps itself, stacks or files.";
    case Verdict::kRising:
      return change + "it grows; how much of that is in use cannot be told from outside.";
  }
  return change;
}

}  // namespace memgov::cli::explain
