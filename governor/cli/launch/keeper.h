// Starts a command so that nothing of it outlives this tool, whatever happens to either.
//
// Between the tool and the command stands the keeper, a process in a session of its own (so that Ctrl-C
// reaches the tool alone). Orphans of the command become its children ("subreaper", prctl(2)): all that the
// command ever starts descends from it, is waited for, and counted in its resource usage. When the tool ends,
// in whatever way, it kills them all.
//
// Safety: this process must have one thread when Start is called.
#ifndef MEMGOV_GOVERNOR_CLI_LAUNCH_KEEPER_H_
#define MEMGOV_GOVERNOR_CLI_LAUNCH_KEEPER_H_

#include <sys/resource.h>
#include <sys/types.h>

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace memgov::cli {

struct StartSpec {
  std::string path;
  std::vector<std::string> arguments;
  std::vector<std::string> environment;
  int output = -1;  // for its standard output; -1: /dev/null. Standard input is /dev/null.
  int error = -1;   // for its standard error
};

class Keeper {
 public:
  static absl::StatusOr<Keeper> Start(const StartSpec& spec);
  Keeper(Keeper&& other) noexcept;
  Keeper& operator=(Keeper&&) = delete;
  ~Keeper();  // kills what is left, and waits for it

  int pid() const { return keeper_; }       // its descendants are the command's processes
  int command() const { return command_; }  // the command's own process
  int events() const { return events_; }    // readable when Update has something new
  void Update();                            // takes the news; never waits

  // How the command's own process ended, as waitpid(2) has it, and after how long.
  const std::optional<int>& status() const { return status_; }
  double seconds() const { return seconds_; }
  // Of all of them, once the last one has ended.
  double seconds_of_all() const { return seconds_of_all_; }
  const std::optional<rusage>& usage() const { return usage_; }
  // ru_maxrss says this much of any command: an exec keeps what the process had before, which is the keeper's
  // (fs/exec.c, setmax_mm_hiwater_rss). In KiB.
  long least_maxrss() const { return least_maxrss_; }
  bool ended() const { return ended_; }

  // To the command's own process; where that has ended, to all that it left.
  void Signal(int signal);
  // SIGKILL to all.
  void Kill();

 private:
  Keeper(int keeper, int command, int events, int leash);

  int keeper_;
  int command_;
  int events_;
  int leash_;  // the keeper kills everything when this end is closed
  std::optional<int> status_;
  double seconds_ = 0;
  double seconds_of_all_ = 0;
  std::optional<rusage> usage_;
  long least_maxrss_ = 0;
  bool ended_ = false;
};

}  // namespace memgov::cli

#endif  // MEMGOV_GOVERNOR_CLI_LAUNCH_KEEPER_H_
