// A threaded process replaces itself with exec, ten times over, with the environment and the preload kept.
#include <stdlib.h>

#include "lifecycle/busy_threads.h"

int main(int count, char** arguments) {
  Watchdog(50);
  const int level = count > 1 ? atoi(arguments[1]) : 0;
  const char* preload = getenv("LD_PRELOAD");
  const char* object = getenv("MEMGOV_TEST_OBJECT");
  CHECK(!object || (preload && strcmp(preload, object) == 0));
  BusyThreads threads(4);
  while (threads.Rounds() < 500) usleep(100);
  if (level == 10) return 0;
  char next[4] = {static_cast<char>('0' + (level + 1) / 10), static_cast<char>('0' + (level + 1) % 10), 0, 0};
  char* next_arguments[] = {arguments[0], next, nullptr};
  execv("/proc/self/exe", next_arguments);
  CHECK(!"exec failed");
}
