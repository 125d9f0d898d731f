// membarrier refused by a sandbox (EPERM) or unknown to the kernel (ENOSYS), from before the first
// constructor on: the process works, under threads and fork.
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "lifecycle/busy_threads.h"
#include "lifecycle/seccomp_filter.h"

namespace {
void WaitForZero(pid_t child) {
  int status;
  CHECK_EQ(waitpid(child, &status, 0), child);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 77) Skip("seccomp filters are not allowed here");
  CHECK_EQ(status, 0);
}

void Workload() {
  Watchdog(25);
  CHECK(syscall(SYS_membarrier, 0, 0, 0) < 0);
  BusyThreads threads(4);
  for (int i = 0; i < 20; ++i) {
    while (threads.Rounds() < static_cast<uint64_t>(i) * 5000) usleep(100);
    const pid_t child = fork();
    if (child == 0) {
      Watchdog(20);
      free(malloc(100));
      _exit(0);
    }
    WaitForZero(child);
  }
}
}  // namespace

int main(int count, char** arguments) {
  if (count > 1) {
    Workload();
    return 0;
  }
  Watchdog(55);
  for (int error : {EPERM, ENOSYS}) {
    const pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
      if (!RefuseCalls(SYS_membarrier, SYS_membarrier, error)) _exit(77);
      char mark[] = "refused";
      char* child_arguments[] = {arguments[0], mark, nullptr};
      execv("/proc/self/exe", child_arguments);
      _exit(1);
    }
    WaitForZero(child);
  }
}
