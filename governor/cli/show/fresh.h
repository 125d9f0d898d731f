// Figures of this moment: the process is asked to take them anew; where it does not answer its last ones do.
#ifndef MEMGOV_GOVERNOR_CLI_SHOW_FRESH_H_
#define MEMGOV_GOVERNOR_CLI_SHOW_FRESH_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "governor/cli/show/age.h"
#include "governor/cli/target/processes.h"

namespace memgov::cli {

// Stopped, or ended and not reaped: it answers nobody. OK where it may answer.
absl::Status CanAnswer(const Governed& process);

// Ask, with a line of progress where it takes longer than a second; without waiting for who cannot answer.
absl::StatusOr<std::string> AskWithProgress(const Governed& process, const std::string& request,
                                            absl::Duration patience, std::string_view what);

struct Fresh {
  Governed process;
  bool answered = false;
  bool may_ask = true;  // false: this user may read, but not ask
  std::string why_not;  // where it did not
  absl::Duration age;

  // "figures of 1.4 s ago: <why not>"; "" where they are of now.
  std::string Note() const;
};

// Errors as FindGoverned.
absl::StatusOr<Fresh> FindFresh(int pid, absl::Duration patience = absl::Seconds(2));

}  // namespace memgov::cli

#endif  // MEMGOV_GOVERNOR_CLI_SHOW_FRESH_H_
