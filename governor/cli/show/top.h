// memgov top: governed processes, live.
#ifndef MEMGOV_GOVERNOR_CLI_SHOW_TOP_H_
#define MEMGOV_GOVERNOR_CLI_SHOW_TOP_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace memgov::cli {

struct TopOptions {
  std::string sort = "rss";
  absl::Duration interval = absl::Seconds(1);
  int64_t count = 0;  // frames; 0: until it is ended
  bool json = false;
};

// On a terminal a screen with keys, else one plain frame for each interval. The exit status.
int RunTop(const TopOptions& options);

}  // namespace memgov::cli

#endif  // MEMGOV_GOVERNOR_CLI_SHOW_TOP_H_
