// What /proc/PID/stat says of a process besides figures: whose child it is, and whether it can be measured.
#ifndef MEMGOV_GOVERNOR_CLI_LAUNCH_PROCESS_STATE_H_
#define MEMGOV_GOVERNOR_CLI_LAUNCH_PROCESS_STATE_H_

#include <optional>
#include <string>

namespace memgov::cli {

struct ProcessState {
  int parent = 0;
  bool ended = false;  // and was not waited for
  // Has memory of its own: it is not on its way out or in the middle of an exec (then it has hardly any, or
  // less and less), nor, between vfork and exec, in its parent's.
  bool has_memory = false;
};

// nullopt: there is no such process, or its file is none of the kernel's.
std::optional<ProcessState> ReadProcessState(int pid, const std::string& proc_root = "/proc");

}  // namespace memgov::cli

#endif  // MEMGOV_GOVERNOR_CLI_LAUNCH_PROCESS_STATE_H_
