// Creating the first thread leaves the creator's signal mask and pending signals as they were.
#include <pthread.h>
#include <stdlib.h>

#include "lifecycle/tasks.h"

int main() {
  sigset_t mask, after, pending;
  sigemptyset(&mask);
  sigaddset(&mask, SIGUSR1);
  sigaddset(&mask, SIGPIPE);
  CHECK_EQ(pthread_sigmask(SIG_SETMASK, &mask, nullptr), 0);
  CHECK_EQ(raise(SIGUSR1), 0);
  RunOneThread();
  free(malloc(100 << 20));
  CHECK_EQ(pthread_sigmask(SIG_SETMASK, nullptr, &after), 0);
  for (int number = 1; number < 65; ++number)
    CHECK_EQ(sigismember(&after, number), sigismember(&mask, number));
  CHECK_EQ(sigpending(&pending), 0);
  CHECK_EQ(sigismember(&pending, SIGUSR1), 1);
}
