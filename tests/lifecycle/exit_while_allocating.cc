// exit, return from main and quick_exit while eight threads are inside malloc and free: status 0 every time.
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>

#include "lifecycle/busy_threads.h"

namespace {
void AllocateAtExit() {
  for (size_t size = 1; size < 100000; size *= 3) free(malloc(size));
}

[[noreturn]] void Leave(int how) {
  Watchdog(20);
  atexit(AllocateAtExit);
  at_quick_exit(AllocateAtExit);
  BusyThreads* threads = new BusyThreads(8);
  while (threads->Rounds() < 200) usleep(100);
  if (how % 3 == 2) quick_exit(0);
  exit(0);
}
}  // namespace

int main(int count, char** arguments) {
  if (count > 1) Leave(atoi(arguments[1]));
  for (int i = 0; i < 200; ++i) {
    char how[2] = {static_cast<char>('0' + i % 3), 0};
    char* child_arguments[] = {arguments[0], how, nullptr};
    pid_t child;
    int status;
    CHECK_EQ(posix_spawn(&child, arguments[0], nullptr, nullptr, child_arguments, environ), 0);
    CHECK_EQ(waitpid(child, &status, 0), child);
    CHECK_EQ(status, 0);
  }
}
