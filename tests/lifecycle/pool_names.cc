// Threads are sorted into pools by name without the trailing number, and by MEMGOV_POOLS first (here
// parse-*=json).
#include <stdio.h>

#include "lifecycle/pools.h"

namespace {
pthread_barrier_t named, seen;

void* Work(void* name) {
  CHECK_EQ(pthread_setname_np(pthread_self(), static_cast<char*>(name)), 0);
  pthread_barrier_wait(&named);
  pthread_barrier_wait(&seen);
  return nullptr;
}
}  // namespace

int main() {
  Watchdog(55);
  char names[8][16];
  pthread_t threads[8];
  CHECK_EQ(pthread_barrier_init(&named, nullptr, 9), 0);
  CHECK_EQ(pthread_barrier_init(&seen, nullptr, 9), 0);
  for (int i = 0; i < 8; ++i) {
    snprintf(names[i], sizeof names[i], i < 5 ? "io-worker-%d" : "parse-%d", i);
    CHECK_EQ(pthread_create(&threads[i], nullptr, Work, names[i]), 0);
  }
  pthread_barrier_wait(&named);
  CHECK_EQ(WaitForThreads("io-worker", 5).threads, 5);
  CHECK_EQ(WaitForThreads("json", 3).threads, 3);
  CHECK_EQ(PoolNamed("parse").threads, 0);
  pthread_barrier_wait(&seen);
  for (pthread_t thread : threads) CHECK_EQ(pthread_join(thread, nullptr), 0);
}
