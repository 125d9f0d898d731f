// Registers atfork handlers in its constructor, before or after the object registers its own; they allocate
// and free in every phase, and count. Prepare takes a mutex under which other threads allocate, as the
// handlers of many libraries do: whoever closes malloc before it stops the process for ever.
#include <pthread.h>
#include <stdlib.h>

#include "preload_check.h"

namespace {
int phases[3];
void* kept;

void Allocate(int phase) {
  ++phases[phase];
  for (size_t size = 8; size < 400000; size *= 3) free(malloc(size));
  free(kept);
  kept = malloc(2000);
  CHECK(kept != nullptr);
}
pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

void Prepare() {
  pthread_mutex_lock(&mutex);
  Allocate(0);
}
void Parent() {
  Allocate(1);
  pthread_mutex_unlock(&mutex);
}
void Child() {
  Allocate(2);
  pthread_mutex_unlock(&mutex);
}

__attribute__((constructor)) void Loaded() { CHECK_EQ(pthread_atfork(Prepare, Parent, Child), 0); }
}  // namespace

extern "C" void AtforkAllocateLocked() {
  pthread_mutex_lock(&mutex);
  for (size_t size = 8; size < 400000; size *= 3) free(malloc(size));
  pthread_mutex_unlock(&mutex);
}

extern "C" int AtforkPhase(int phase) { return phases[phase]; }
