// abort under load dies of SIGABRT, as the parent expects; a handler of the host's that allocates nothing
// runs first.
#include <stdlib.h>
#include <sys/wait.h>

#include "lifecycle/busy_threads.h"

namespace {
void OnAbort(int) { (void)!write(2, "handler\n", 8); }
}  // namespace

int main() {
  for (int i = 0; i < 20; ++i) {
    const pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
      Watchdog(20);
      signal(SIGABRT, OnAbort);
      BusyThreads threads(4);
      while (threads.Rounds() < 100) usleep(100);
      abort();
    }
    int status;
    CHECK_EQ(waitpid(child, &status, 0), child);
    CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
  }
}
