// main waits in sigwait for a SIGTERM sent to the process; every thread it knows blocks it, so the only one
// that could take it (and kill the process) is the allocator's own.
#include <sys/wait.h>

#include "lifecycle/busy_threads.h"

namespace {
[[noreturn]] void Serve(int ready) {
  Watchdog(20);
  sigset_t term;
  sigemptyset(&term);
  sigaddset(&term, SIGTERM);
  {
    // The governor starts here, while SIGTERM is not blocked yet: it has to see to its mask itself.
    BusyThreads early(1);
  }
  CHECK_EQ(pthread_sigmask(SIG_BLOCK, &term, nullptr), 0);
  BusyThreads threads(4);
  CHECK_EQ(write(ready, "r", 1), 1);
  int number = 0;
  CHECK_EQ(sigwait(&term, &number), 0);
  _exit(number == SIGTERM ? 42 : 1);
}
}  // namespace

int main() {
  Watchdog(50);
  for (int i = 0; i < 50; ++i) {
    int ends[2], status;
    char mark;
    CHECK_EQ(pipe(ends), 0);
    const pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) Serve(ends[1]);
    CHECK_EQ(read(ends[0], &mark, 1), 1);
    CHECK_EQ(kill(child, SIGTERM), 0);
    CHECK_EQ(waitpid(child, &status, 0), child);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 42);
    close(ends[0]);
    close(ends[1]);
  }
}
