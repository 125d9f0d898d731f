// MEMGOV_GOVERNOR=off: no thread but the host's own, however many those are and however much they allocate.
#include "lifecycle/busy_threads.h"
#include "lifecycle/tasks.h"

int main() {
  for (int i = 0; i < 200; ++i) free(malloc(1 << 20));
  CHECK_EQ(Tasks().size(), 1);
  BusyThreads threads(5);
  while (threads.Rounds() < 200000) usleep(1000);
  CHECK_EQ(Tasks().size(), 6);
}
