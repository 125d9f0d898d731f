// Makes thread keys in its constructor, before or after the object makes its own; the keys' destructors
// allocate, free, and come back in every round that pthreads grants.
#include <pthread.h>
#include <stdlib.h>

#include <atomic>

#include "preload_check.h"

namespace {
constexpr int kKeys = 3;
pthread_key_t keys[kKeys];
std::atomic<int> rounds;

void Again(void* value) {
  free(value);
  for (int i = 0; i < 50; ++i) free(malloc(static_cast<size_t>(i * 60)));
  rounds.fetch_add(1);
  for (pthread_key_t key : keys)
    if (!pthread_getspecific(key)) CHECK_EQ(pthread_setspecific(key, malloc(700)), 0);
}

__attribute__((constructor)) void MakeKeys() {
  for (pthread_key_t& key : keys) CHECK_EQ(pthread_key_create(&key, Again), 0);
}
}  // namespace

extern "C" void UseLibraryKeys() {
  for (pthread_key_t key : keys) CHECK_EQ(pthread_setspecific(key, malloc(700)), 0);
}

extern "C" int LibraryKeyRounds() { return rounds; }
