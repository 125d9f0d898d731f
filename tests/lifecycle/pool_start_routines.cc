// Threads without a name of their own are told apart by the code they start in.
#include "lifecycle/pools.h"

namespace {
pthread_barrier_t seen;

void* First(void*) {
  pthread_barrier_wait(&seen);
  return nullptr;
}
void* Second(void*) {
  free(malloc(10));
  pthread_barrier_wait(&seen);
  return nullptr;
}

uint32_t PoolsOf(uint32_t threads) {
  static memgov_pool_t pools[kMostPools];
  const size_t count = memgov_pools(pools, kMostPools, sizeof pools[0]);
  uint32_t found = 0;
  for (size_t i = 0; i < count; ++i)
    found += pools[i].threads == threads && strchr(pools[i].name, '+') != nullptr;
  return found;
}
}  // namespace

int main() {
  Watchdog(55);
  pthread_t threads[8];
  CHECK_EQ(pthread_barrier_init(&seen, nullptr, 9), 0);
  for (int i = 0; i < 8; ++i)
    CHECK_EQ(pthread_create(&threads[i], nullptr, i < 5 ? First : Second, nullptr), 0);
  for (int i = 0; i < 4000 && (PoolsOf(5) != 1 || PoolsOf(3) != 1); ++i) usleep(10000);
  CHECK_EQ(PoolsOf(5), 1);
  CHECK_EQ(PoolsOf(3), 1);
  pthread_barrier_wait(&seen);
  for (pthread_t thread : threads) CHECK_EQ(pthread_join(thread, nullptr), 0);
}
