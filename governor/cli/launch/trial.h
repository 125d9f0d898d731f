// One run of a command from its start to its end, measured: what `try` repeats and `check` judges.
//
// A run is: start; with a load, wait until the command listens, run the load beside it, let it settle;
// without one, run for so many seconds, or until the command ends by itself; look at what it holds; SIGTERM;
// after ten seconds SIGKILL. Nothing that the command started is left running.
#ifndef MEMGOV_GOVERNOR_CLI_LAUNCH_TRIAL_H_
#define MEMGOV_GOVERNOR_CLI_LAUNCH_TRIAL_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "governor/cli/launch/interrupts.h"
#include "governor/cli/launch/keeper.h"

namespace memgov::cli {

struct TrialPlan {
  absl::Duration length = absl::ZeroDuration();  // 0: until the command, or the load, ends by itself
  std::optional<std::string> load;               // for /bin/sh -c, with this tool's environment
  absl::Duration ready = absl::Seconds(30);      // the load starts after this long, though nobody listens
  absl::Duration settle = absl::Seconds(3);      // after the load
  bool show_output = false;                      // the command's output and the load's go to standard error
};

// Memory of less than that is of a start, or of an end.
constexpr absl::Duration kLeastForIdle = absl::Milliseconds(500);

struct Trial {
  uint64_t peak_bytes = 0;
  // Where it ended before its peak could be seen: what was seen. Then the peak is no more than peak_bytes.
  std::optional<uint64_t> peak_seen_bytes;
  // After the load has settled; at the end. nullopt: it did not run for kLeastForIdle.
  std::optional<uint64_t> last_bytes;
  double measured_seconds = 0;  // from the start until it ended, or was stopped
  size_t most_processes = 0;
  double seconds = 0;  // of the command's own process
  double cpu_seconds = 0;
  uint64_t minor_faults = 0;
  uint64_t major_faults = 0;
  std::optional<int> status;  // of the command's own process, as waitpid(2) has it
  bool ended_by_itself = false;
  bool ended_early = false;  // before the load or its seconds were over
  bool killed = false;       // SIGTERM was not enough
  size_t left_behind = 0;    // processes that were there when the command's own had ended by itself
  std::optional<int> load_status;
  double load_seconds = 0;
  bool load_cut = false;                        // ended by the plan's length
  bool governed = false;                        // the object was seen in it
  bool ran_without = false;                     // or a process that had finished loading, without it
  std::optional<uint64_t> refused_allocations;  // nullopt: none of its processes had a governor
  std::vector<std::string> last_lines;          // of its output, unless that is shown
  int interrupted_by = 0;                       // a signal that this tool got
};

// Called every now and then with what is going on.
using Watch = std::function<void(const std::string& phase, uint64_t bytes)>;

// `library`: the object that it is started with, "" without one. kFailedPrecondition: it could not be
// started.
absl::StatusOr<Trial> RunTrial(StartSpec start, const TrialPlan& plan, const std::string& library,
                               Interrupts& interrupts, const Watch& watch);

// It ended as it should: status 0, or, where it was asked to stop, by that signal.
bool EndedWell(const Trial& trial);

// Of a trial without last_bytes: "too short to judge idle (0.02 s of 0.5 s)".
std::string WhyNoIdle(const Trial& trial);

// "0", "1", "SIGSEGV", "not ended".
std::string DescribeStatus(std::optional<int> status);

}  // namespace memgov::cli

#endif  // MEMGOV_GOVERNOR_CLI_LAUNCH_TRIAL_H_
