// A pipe that existed before the governor's thread did: when the host closes its writing end the reader sees
// the end at once, so no private descriptor table holds a copy.
#include "lifecycle/busy_threads.h"

int main() {
  Watchdog(20);
  int early[2];
  CHECK_EQ(pipe(early), 0);
  BusyThreads threads(4);
  while (threads.Rounds() < 50000) usleep(100);
  int late[2];
  CHECK_EQ(pipe(late), 0);
  while (threads.Rounds() < 100000) usleep(100);
  char mark;
  close(early[1]);
  CHECK_EQ(read(early[0], &mark, 1), 0);
  close(late[1]);
  CHECK_EQ(read(late[0], &mark, 1), 0);
}
