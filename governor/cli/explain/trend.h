// Leak or fragmentation: what two looks at a process say. Pure.
#ifndef MEMGOV_GOVERNOR_CLI_EXPLAIN_TREND_H_
#define MEMGOV_GOVERNOR_CLI_EXPLAIN_TREND_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "governor/cli/explain/facts.h"

namespace memgov::cli::explain {

enum class Verdict {
  kNotWatched,           // one look
  kSteady,               // nothing moved by more than a MiB and half a per cent
  kFalling,              // memory goes back
  kLiveRising,           // more is in use: more work, or a leak
  kFragmentationRising,  // in use is flat, the heap grows: fragmentation, or caches
  kOutsideRising,        // what is not malloc's grows
  kRising,               // RSS grows, and what is in use cannot be told
};

struct Trend {
  Verdict verdict = Verdict::kNotWatched;
  absl::Duration watched;
  int64_t resident_change = 0;
  std::optional<int64_t> live_change;
  uint64_t minor_faults = 0;  // within that time
  uint64_t major_faults = 0;
};

Trend FindTrend(const Look& first, const Look& second);

// "live_rising", for programs.
const char* NameOf(Verdict verdict);
// A sentence for people.
std::string Describe(const Trend& trend);

}  // namespace memgov::cli::explain

#endif  // MEMGOV_GOVERNOR_CLI_EXPLAIN_TREND_H_
