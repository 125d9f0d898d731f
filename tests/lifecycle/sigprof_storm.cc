// A profiler's signal a thousand times a second, in the middle of malloc, free and the governor's start.
#include <stdlib.h>
#include <sys/time.h>

#include "lifecycle/busy_threads.h"

namespace {
std::atomic<uint64_t> ticks;
void OnTick(int) { ticks.fetch_add(1, std::memory_order_relaxed); }
}  // namespace

int main() {
  Watchdog(50);
  struct sigaction action = {};
  action.sa_handler = OnTick;
  action.sa_flags = SA_RESTART;
  CHECK_EQ(sigaction(SIGPROF, &action, nullptr), 0);
  const itimerval every_millisecond = {{0, 1000}, {0, 1000}};
  CHECK_EQ(setitimer(ITIMER_PROF, &every_millisecond, nullptr), 0);
  for (int i = 0; i < 10; ++i) {
    BusyThreads threads(8);
    while (threads.Rounds() < 200000) usleep(1000);
  }
  CHECK(ticks > 0);
}
