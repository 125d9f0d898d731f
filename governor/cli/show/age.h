// How old figures are. Clocks jump and other processes write what they like: an age is never negative.
#ifndef MEMGOV_GOVERNOR_CLI_SHOW_AGE_H_
#define MEMGOV_GOVERNOR_CLI_SHOW_AGE_H_

#include <cstdint>
#include <string>

#include "absl/time/time.h"
#include "governor/cli/target/segment.h"

namespace memgov::cli {

struct Clocks {
  int64_t monotonic_ns = 0;
  int64_t wall_ns = 0;

  static Clocks Now();
};

// By the monotonic clock; where that says the future (a time namespace of its own) by the wall clock; where
// that does, too: zero. InfiniteDuration: there are none yet.
absl::Duration AgeOf(const Reading& reading, const Clocks& now);

// Since its governor started; zero where the clock was set back behind that.
absl::Duration UptimeOf(const Reading& reading, const Clocks& now);

// "0.4 s", "-" for none yet.
std::string AgeText(absl::Duration age);

}  // namespace memgov::cli

#endif  // MEMGOV_GOVERNOR_CLI_SHOW_AGE_H_
