// setgid and setuid with the governor running: glibc signals every thread it knows, and one that blocks that
// signal would make the call wait for ever. Needs root; the changes happen in a child.
#include <sys/wait.h>

#include "lifecycle/busy_threads.h"

namespace {
[[noreturn]] void Change() {
  Watchdog(20);
  BusyThreads threads(4);
  while (threads.Rounds() < 1000) usleep(100);
  CHECK_EQ(setgid(65534), 0);
  CHECK_EQ(setuid(65534), 0);
  CHECK(getuid() == 65534 && getgid() == 65534);
  _exit(0);
}
}  // namespace

int main() {
  Watchdog(50);
  if (geteuid() != 0) Skip("changing the identity needs root");
  for (int i = 0; i < 20; ++i) {
    const pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) Change();
    int status;
    CHECK_EQ(waitpid(child, &status, 0), child);
    CHECK_EQ(status, 0);
  }
}
