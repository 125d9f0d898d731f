// The child of a governed process has no governor of its parent's, and gets its own when it makes a thread.
#include <sys/wait.h>

#include "lifecycle/tasks.h"

int main() {
  Watchdog(50);
  RunOneThread();
  CHECK(WaitForGovernor() != 0);
  for (int i = 0; i < 10; ++i) {
    const pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
      Watchdog(20);
      free(malloc(1000));
      CHECK_EQ(Tasks().size(), 1);
      RunOneThread();
      CHECK(WaitForGovernor() != 0);
      CHECK_EQ(Tasks().size(), 2);
      exit(0);
    }
    int status;
    CHECK_EQ(waitpid(child, &status, 0), child);
    CHECK_EQ(status, 0);
  }
}
