// Allocates far beyond MEMGOV_START_BYTES in its constructor, and again when a thread first touches its
// state.
#include <stdlib.h>

#include "preload_check.h"

namespace {
void Burst() {
  for (int i = 0; i < 400; ++i) {
    void* block = malloc(10000);
    CHECK(block != nullptr);
    free(block);
  }
}

struct State {
  int value;
  State() : value(7) { Burst(); }
  ~State() { Burst(); }
};
thread_local State state;

__attribute__((constructor)) void Loaded() { Burst(); }
__attribute__((destructor)) void Unloaded() { Burst(); }
}  // namespace

extern "C" int BurstState() { return state.value; }
