// main leaves with pthread_exit; the threads go on allocating, and the last one ends the process.
#include <pthread.h>
#include <stdlib.h>

#include "preload_check.h"

namespace {
pthread_t main_thread;

void* Work(void*) {
  CHECK_EQ(pthread_join(main_thread, nullptr), 0);
  for (int i = 0; i < 10000; ++i) free(malloc(static_cast<size_t>(i * 10)));
  exit(0);
}
}  // namespace

int main() {
  Watchdog(50);
  main_thread = pthread_self();
  pthread_t thread;
  CHECK_EQ(pthread_create(&thread, nullptr, Work, malloc(10)), 0);
  free(malloc(200000));
  pthread_exit(nullptr);
}
