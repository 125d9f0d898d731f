// pthread_exit, and cancellation at a cancellation point between allocations, with clean-up handlers that
// free.
#include <pthread.h>
#include <stdlib.h>

#include <atomic>

#include "preload_check.h"

namespace {
std::atomic<int> cleaned, ready;

void Free(void* block) {
  free(block);
  free(malloc(3000));
  cleaned.fetch_add(1);
}

void* Exits(void*) {
  pthread_cleanup_push(Free, malloc(100));
  free(malloc(100000));
  pthread_exit(nullptr);
  pthread_cleanup_pop(0);
  return nullptr;
}

void* IsCancelled(void*) {
  pthread_cleanup_push(Free, malloc(100));
  ready.fetch_add(1);
  for (;;) {
    free(realloc(malloc(100), 5000));
    pthread_testcancel();
  }
  pthread_cleanup_pop(0);
  return nullptr;
}
}  // namespace

int main() {
  Watchdog(50);
  constexpr int kRounds = 300;
  for (int i = 0; i < kRounds; ++i) {
    pthread_t exits, cancelled;
    void* result;
    CHECK_EQ(pthread_create(&exits, nullptr, Exits, nullptr), 0);
    CHECK_EQ(pthread_create(&cancelled, nullptr, IsCancelled, nullptr), 0);
    while (ready <= i) sched_yield();
    CHECK_EQ(pthread_cancel(cancelled), 0);
    CHECK_EQ(pthread_join(cancelled, &result), 0);
    CHECK(result == PTHREAD_CANCELED);
    CHECK_EQ(pthread_join(exits, nullptr), 0);
  }
  CHECK_EQ(cleaned, 2 * kRounds);
}
