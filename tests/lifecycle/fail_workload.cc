// What runs while memgov's own system calls fail: threads, pools, fork, releases, and the public C API.
#include <malloc.h>
#include <memgov/memgov.h>
#include <stdio.h>
#include <sys/wait.h>

#include "lifecycle/busy_threads.h"

int main() {
  Watchdog(25);
  {
    BusyThreads threads(4);
    const uint32_t token = memgov_pool_enter("failing");
    while (threads.Rounds() < 3000) usleep(100);
    const pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
      Watchdog(20);
      { BusyThreads in_child(2); }
      exit(0);
    }
    int status;
    CHECK_EQ(waitpid(child, &status, 0), child);
    CHECK_EQ(status, 0);
    memgov_pool_leave(token);
    memgov_release(SIZE_MAX);
    memgov_pool_t pools[4];
    memgov_pools(pools, 4, sizeof pools[0]);
  }
  malloc_trim(0);
  for (size_t size = 1; size < 40000000; size *= 3) free(realloc(calloc(1, size), size * 2));
  puts("done");
}
