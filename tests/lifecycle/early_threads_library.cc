// Its constructor makes threads that allocate, before the object's own constructor has run when it is loaded
// after it.
#include <pthread.h>
#include <stdlib.h>

#include "preload_check.h"

namespace {
constexpr int kThreads = 32;
pthread_barrier_t allocated;

void* Allocate(void*) {
  free(malloc(5000));
  pthread_barrier_wait(&allocated);
  return nullptr;
}

__attribute__((constructor)) void Start() {
  CHECK_EQ(pthread_barrier_init(&allocated, nullptr, kThreads + 1), 0);
  pthread_t threads[kThreads];
  for (pthread_t& thread : threads) CHECK_EQ(pthread_create(&thread, nullptr, Allocate, nullptr), 0);
  pthread_barrier_wait(&allocated);
  for (pthread_t thread : threads) CHECK_EQ(pthread_join(thread, nullptr), 0);
}
}  // namespace
