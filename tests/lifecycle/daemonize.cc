// The double fork of a daemon that closes 0, 1 and 2: the daemon allocates from threads and reports; then its
// pipe must reach its end, so nothing of the allocator's may hold a copy of it.
#include <stdlib.h>
#include <sys/wait.h>

#include "lifecycle/busy_threads.h"

namespace {
[[noreturn]] void Daemon(int report) {
  Watchdog(20);
  CHECK_EQ(chdir("/"), 0);
  for (int descriptor : {0, 1, 2}) close(descriptor);
  {
    BusyThreads threads(3);
    while (threads.Rounds() < 2000) usleep(100);
  }
  if (write(report, "ok", 2) != 2) _exit(1);
  exit(0);
}

void StartDaemon(int report) {
  const pid_t child = fork();
  CHECK(child >= 0);
  if (child == 0) {
    CHECK(setsid() > 0);
    free(malloc(10000));
    const pid_t daemon = fork();
    CHECK(daemon >= 0);
    if (daemon == 0) Daemon(report);
    _exit(0);
  }
  int status;
  CHECK_EQ(waitpid(child, &status, 0), child);
  CHECK_EQ(status, 0);
}
}  // namespace

int main() {
  Watchdog(50);
  BusyThreads threads(2);
  for (int i = 0; i < 10; ++i) {
    int ends[2];
    char text[8] = "";
    CHECK_EQ(pipe(ends), 0);
    StartDaemon(ends[1]);
    close(ends[1]);
    CHECK_EQ(read(ends[0], text, sizeof text), 2);
    CHECK(strcmp(text, "ok") == 0);
    CHECK_EQ(read(ends[0], text, sizeof text), 0);
    close(ends[0]);
  }
}
