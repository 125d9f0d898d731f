// The governor may run on every CPU of the process although the thread that caused it is pinned to one.
#include <sched.h>

#include "lifecycle/tasks.h"

int main() {
  Watchdog(50);
  cpu_set_t all, one, of_governor;
  CHECK_EQ(sched_getaffinity(0, sizeof all, &all), 0);
  if (CPU_COUNT(&all) < 2) Skip("there is only one CPU");
  CPU_ZERO(&one);
  for (int cpu = 0; cpu < CPU_SETSIZE && CPU_COUNT(&one) == 0; ++cpu)
    if (CPU_ISSET(cpu, &all)) CPU_SET(cpu, &one);
  CHECK_EQ(sched_setaffinity(0, sizeof one, &one), 0);
  RunOneThread();
  const int governor = WaitForGovernor();
  CHECK(governor != 0);
  CHECK_EQ(sched_getaffinity(governor, sizeof of_governor, &of_governor), 0);
  CHECK(CPU_EQUAL(&of_governor, &all));
}
