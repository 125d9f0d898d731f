#include "governor/cli/show/age.h"

#include <time.h>

#include <algorithm>

#include "absl/strings/str_format.h"
#include "governor/cli/frame/output.h"

namespace memgov::cli {
namespace {

int64_t Read(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return absl::ToInt64Nanoseconds(absl::DurationFromTimespec(now));
}

// Durations saturate: numbers that a hostile process wrote do not overflow.
absl::Duration Between(int64_t from_ns, int64_t to_ns) {
  return absl::Nanoseconds(to_ns) - absl::Nanoseconds(from_ns);
}

}  // namespace

Clocks Clocks::Now() { return {.monotonic_ns = Read(CLOCK_MONOTONIC), .wall_ns = Read(CLOCK_REALTIME)}; }

absl::Duration AgeOf(const Reading& reading, const Clocks& now) {
  if (reading.wall_clock_ns == 0) return absl::InfiniteDuration();
  const absl::Duration age = Between(reading.monotonic_ns, now.monotonic_ns);
  if (age >= absl::ZeroDuration()) return age;
  return std::max(Between(reading.wall_clock_ns, now.wall_ns), absl::ZeroDuration());
}

absl::Duration UptimeOf(const Reading& reading, const Clocks& now) {
  return std::max(absl::Nanoseconds(now.wall_ns) - absl::Seconds(reading.started_s), absl::ZeroDuration());
}

std::string AgeText(absl::Duration age) {
  if (age == absl::InfiniteDuration()) return "-";
  // Tenths of a second are what a person wants to know of an age.
  return age < absl::Minutes(2) ? absl::StrFormat("%.1f s", absl::ToDoubleSeconds(age))
                                : cli::FormatDuration(age);
}

}  // namespace memgov::cli
