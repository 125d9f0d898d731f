// fork from a process whose other threads are inside malloc: the child allocates at once, frees the parent's
// blocks, starts threads and forks again.
#include <stdlib.h>
#include <sys/wait.h>

#include "lifecycle/busy_threads.h"

namespace {
void WaitForZero(pid_t child) {
  int status;
  CHECK(child > 0);
  CHECK_EQ(waitpid(child, &status, 0), child);
  CHECK_EQ(status, 0);
}

[[noreturn]] void Child(void** of_parent, int count) {
  Watchdog(20);
  for (int i = 0; i < count; ++i) of_parent[i] = realloc(of_parent[i], static_cast<size_t>(i * 90 + 1));
  for (int i = 0; i < count; ++i) free(of_parent[i]);
  {
    BusyThreads threads(3);
    while (threads.Rounds() < 300) sched_yield();
    const pid_t grandchild = fork();
    if (grandchild == 0) {
      Watchdog(20);
      free(malloc(100));
      exit(0);
    }
    WaitForZero(grandchild);
  }
  exit(0);
}
}  // namespace

int main() {
  Watchdog(55);
  BusyThreads threads(6);
  void* blocks[100];
  for (int round = 0; round < 60; ++round) {
    for (int i = 0; i < 100; ++i) blocks[i] = malloc(static_cast<size_t>(i * 50 + 1));
    const pid_t child = fork();
    if (child == 0) Child(blocks, 100);
    WaitForZero(child);
    for (void* block : blocks) free(block);
  }
}
