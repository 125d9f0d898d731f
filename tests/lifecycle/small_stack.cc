// On the smallest stack that a thread may have, all that reports works: the library's buffers are not on it.
#include <limits.h>
#include <malloc.h>
#include <memgov/memgov.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "preload_check.h"

namespace {
void* Work(void*) {
  for (int i = 0; i < 20000; ++i) free(malloc(1000));
  malloc_stats();
  malloc_trim(0);
  memgov_stats_t stats;
  stats.size = sizeof stats;
  memgov_stats(&stats);
  memgov_release(SIZE_MAX);
  return nullptr;
}
}  // namespace

int main() {
  Watchdog(50);
  pthread_attr_t attributes;
  CHECK_EQ(pthread_attr_init(&attributes), 0);
  CHECK_EQ(pthread_attr_setstacksize(&attributes, static_cast<size_t>(PTHREAD_STACK_MIN)), 0);
  for (int round = 0; round < 20; ++round) {
    pthread_t thread;
    CHECK_EQ(pthread_create(&thread, &attributes, Work, nullptr), 0);
    CHECK_EQ(pthread_join(thread, nullptr), 0);
  }
}
