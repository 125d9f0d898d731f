// memgov last: the last words of processes that are gone.
#ifndef MEMGOV_GOVERNOR_CLI_SHOW_LAST_H_
#define MEMGOV_GOVERNOR_CLI_SHOW_LAST_H_

#include <cstdint>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "governor/cli/show/evidence_file.h"
#include "governor/cli/show/json_figures.h"
#include "governor/cli/target/processes.h"

namespace memgov::cli {

// The newest that is known of a dead process: of its segment, or of its evidence where that is newer.
struct LastWords {
  int pid = 0;
  std::string user;
  std::string command;  // any bytes
  std::string engine;
  absl::Time time = absl::InfinitePast();  // of the figures; InfinitePast: there are none
  std::string rung;
  uint64_t charged_bytes = 0;
  uint64_t limit_bytes = UINT64_MAX;  // the container's, else the hard budget
  uint64_t live_bytes = 0;
  uint64_t held_bytes = 0;
  uint64_t refused = 0;
  uint64_t rejected = 0;  // admissions deferred or rejected
  Growth growth;
  std::vector<EvidenceLine> lines;
};

// Evidence of another process of this id is not taken.
LastWords LastWordsOf(const Governed& dead, const std::optional<Evidence>& evidence, std::string user);

// "died at 251.0 MB of 256.0 MB, on hard, pool io +80.0 MB in 2 s".
std::string Sentence(const LastWords& words);

void PrintLast(const LastWords& words, absl::Time now, bool with_lines, int width, std::ostream& out);
Json LastJson(const LastWords& words, absl::Time now);

// Of all, or of one process id. The exit status.
int RunLast(std::optional<int> pid, bool json);

}  // namespace memgov::cli

#endif  // MEMGOV_GOVERNOR_CLI_SHOW_LAST_H_
