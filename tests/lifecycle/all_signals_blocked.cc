// A host that blocks every signal before its first thread keeps its mask, and its threads work.
#include <pthread.h>

#include "lifecycle/busy_threads.h"

int main() {
  sigset_t all, before, after;
  sigfillset(&all);
  CHECK_EQ(pthread_sigmask(SIG_SETMASK, &all, nullptr), 0);
  CHECK_EQ(pthread_sigmask(SIG_SETMASK, nullptr, &before), 0);
  {
    BusyThreads threads(8);
    while (threads.Rounds() < 20000) usleep(100);
  }
  CHECK_EQ(pthread_sigmask(SIG_SETMASK, nullptr, &after), 0);
  for (int number = 1; number < 65; ++number)
    CHECK_EQ(sigismember(&after, number), sigismember(&before, number));
}
