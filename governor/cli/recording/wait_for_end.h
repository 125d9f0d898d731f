// Sleeps until a moment, unless the process ends or the user wants to stop before.
#ifndef MEMGOV_GOVERNOR_CLI_RECORDING_WAIT_FOR_END_H_
#define MEMGOV_GOVERNOR_CLI_RECORDING_WAIT_FOR_END_H_

#include <signal.h>

#include <cstdint>

namespace memgov::cli {

enum class Woken { kTime, kProcessEnded, kInterrupted };

// While it exists SIGINT, SIGTERM and SIGHUP do not end this process: they wake it.
class EndWaiter {
 public:
  explicit EndWaiter(int pid);
  ~EndWaiter();
  EndWaiter(const EndWaiter&) = delete;
  EndWaiter& operator=(const EndWaiter&) = delete;

  // Where the kernel has no process descriptors (before 5.3), or refuses one, an end is not seen here.
  Woken WaitUntil(int64_t monotonic_ns);

 private:
  sigset_t before_;
  int signals_;
  int process_;
};

}  // namespace memgov::cli

#endif  // MEMGOV_GOVERNOR_CLI_RECORDING_WAIT_FOR_END_H_
