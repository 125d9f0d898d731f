// A process at rest is not woken: once a burst is given back, the governor's thread does not run again,
// although its trim interval (here 500 ms) goes by many times.
#include <stdio.h>

#include "lifecycle/busy_threads.h"
#include "lifecycle/tasks.h"

namespace {
constexpr int kWindows = 10;
char status_path[64];

long long Switches() {
  const long long voluntary = ProcNumber(status_path, "\nvoluntary_ctxt_switches:");
  CHECK(voluntary >= 0);
  return voluntary + ProcNumber(status_path, "nonvoluntary_ctxt_switches:");
}
}  // namespace

int main() {
  Watchdog(55);
  {
    BusyThreads threads(4);
    while (threads.Rounds() < 200000) usleep(1000);
  }
  const int governor = WaitForGovernor();
  CHECK(governor != 0);
  snprintf(status_path, sizeof status_path, "/proc/self/task/%d/status", governor);
  for (int window = 0; window < kWindows; ++window) {
    const long long before = Switches();
    sleep(3);
    if (Switches() == before) return 0;
  }
  CHECK(!"the governor still wakes up");
}
