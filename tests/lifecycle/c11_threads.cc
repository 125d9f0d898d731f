// Threads made behind pthread_create's back (C11's thrd_create) allocate, and free each other's blocks.
#include <stdlib.h>
#include <threads.h>

#include "preload_check.h"

namespace {
int Work(void* given) {
  free(given);
  for (int i = 0; i < 2000; ++i) {
    void* block = malloc(static_cast<size_t>(i));
    CHECK(block != nullptr);
    free(block);
  }
  return 7;
}
}  // namespace

int main() {
  Watchdog(50);
  for (int round = 0; round < 50; ++round) {
    thrd_t threads[8];
    for (thrd_t& thread : threads) CHECK_EQ(thrd_create(&thread, Work, malloc(1000)), thrd_success);
    for (thrd_t thread : threads) {
      int result = 0;
      CHECK_EQ(thrd_join(thread, &result), thrd_success);
      CHECK_EQ(result, 7);
    }
  }
}
