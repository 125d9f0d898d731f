// The governor has a descriptor table of its own: what the host opens later is not in it, and of what was
// open before it keeps nothing.
#include <stdio.h>

#include "lifecycle/tasks.h"

namespace {
bool GovernorHas(int governor, int descriptor) {
  char path[64], target[64];
  snprintf(path, sizeof path, "/proc/self/task/%d/fd/%d", governor, descriptor);
  return readlink(path, target, sizeof target) >= 0;
}
}  // namespace

int main() {
  Watchdog(50);
  int early[2], late[2];
  CHECK_EQ(pipe(early), 0);
  RunOneThread();
  const int governor = WaitForGovernor();
  CHECK(governor != 0);
  CHECK_EQ(pipe(late), 0);
  for (int i = 0; i < 500 && GovernorHas(governor, early[0]); ++i) usleep(10000);
  for (int descriptor : {early[0], early[1], late[0], late[1]}) CHECK(!GovernorHas(governor, descriptor));
}
