// The governor runs under SCHED_OTHER even when the thread that caused it is SCHED_FIFO.
#include <pthread.h>
#include <sched.h>

#include "lifecycle/tasks.h"

int main() {
  Watchdog(50);
  sched_param realtime = {};
  realtime.sched_priority = 1;
  if (sched_setscheduler(0, SCHED_FIFO, &realtime) != 0) Skip("real-time scheduling is not allowed here");
  RunOneThread();
  const int governor = WaitForGovernor();
  CHECK(governor != 0);
  CHECK_EQ(sched_getscheduler(governor), SCHED_OTHER);
}
