// Registers atfork handlers in its constructor, before or after the object registers its own; they allocate
// and free in every phase, and count.
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
void Prepare() { Allocate(0); }
void Parent() { Allocate(1); }
void Child() { Allocate(2); }

__attribute__((constructor)) void Loaded() { CHECK_EQ(pthread_atfork(Prepare, Parent, Child), 0); }
}  // namespace

extern "C" int AtforkPhase(int phase) { return phases[phase]; }
