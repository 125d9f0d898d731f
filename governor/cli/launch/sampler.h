// How much memory a family of processes has, over time.
//
// What counts: of one process its RSS; of several the sum of their PSS, so that pages that they share
// (libraries, what workers inherited from a master) count once, as a container is charged for them. PSS is
// slow to read and holds the process up, so between two readings it is the sum of RSS less what was shared at
// the last one.
#ifndef MEMGOV_GOVERNOR_CLI_LAUNCH_SAMPLER_H_
#define MEMGOV_GOVERNOR_CLI_LAUNCH_SAMPLER_H_

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <set>
#include <string>

#include "absl/time/time.h"
#include "governor/cli/frame/times.h"
#include "governor/cli/proc/memory.h"

namespace memgov::cli {

class Sampler {
 public:
  // Of the descendants of `ancestor`.
  explicit Sampler(int ancestor, const std::string& proc_root = "/proc",
                   std::function<absl::Time()> clock = SteadyNow);

  // Looks if it is time to; says how long to wait for the next look: 20 ms, or longer where looking is dear,
  // so that it takes a twentieth of a CPU at most. Processes without memory of their own (process_state.h)
  // do not count, nor, while `main` lives, moments in which it is one of them.
  absl::Duration Look(std::optional<int> main);

  uint64_t peak_bytes() const { return peak_bytes_; }
  // Looks that counted. Of a process that lived for a few only, its peak may be missing.
  size_t looks() const { return looks_taken_; }
  uint64_t last_bytes() const { return looks_.empty() ? 0 : looks_.back().bytes; }
  // The median of the last half second: a command that ends by itself is half gone at the last look.
  uint64_t settled_bytes() const;
  size_t most_processes() const { return most_processes_; }
  const std::set<int>& members() const { return members_; }

 private:
  struct Sum {
    uint64_t bytes = 0;
    std::set<int> processes;
  };
  // When to do again what was begun then.
  absl::Time Next(absl::Time begun, absl::Duration least) const;
  struct OneLook {
    absl::Time time;
    uint64_t bytes = 0;
  };
  void FindMembers(absl::Time now);
  Sum SumOfResident() const;
  std::optional<uint64_t> WithoutShared(const Sum& sum, absl::Time now);
  void Note(const Sum& sum, absl::Time now);

  const int ancestor_;
  const Proc proc_;
  const std::function<absl::Time()> clock_;
  std::set<int> members_;
  absl::Time next_look_ = absl::InfinitePast();
  absl::Time next_search_ = absl::InfinitePast();
  absl::Time next_shares_ = absl::InfinitePast();
  Sum shared_;  // of these processes, at the last reading of PSS
  uint64_t peak_bytes_ = 0;
  size_t looks_taken_ = 0;
  std::deque<OneLook> looks_;  // of the last half second
  size_t most_processes_ = 0;
};

}  // namespace memgov::cli

#endif  // MEMGOV_GOVERNOR_CLI_LAUNCH_SAMPLER_H_
