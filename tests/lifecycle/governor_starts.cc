// The governor's thread exists from the first pthread_create on, once, and is still there after 100 more
// threads.
#include "lifecycle/tasks.h"

int main() {
  Watchdog(50);
  CHECK_EQ(FindGovernor(), 0);
  RunOneThread();
  const int governor = WaitForGovernor();
  CHECK(governor != 0);
  for (int i = 0; i < 100; ++i) RunOneThread();
  CHECK_EQ(FindGovernor(), governor);
  CHECK_EQ(Tasks().size(), 2);
}
