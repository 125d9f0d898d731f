// Bound threads count in their pool while they exist; a pool name is cut to 31 bytes, and NULL or "" is
// refused.
#include "lifecycle/pools.h"

namespace {
pthread_barrier_t bound, seen;

void* Work(void*) {
  CHECK_EQ(memgov_pool_bind("workers"), 0);
  pthread_barrier_wait(&bound);
  pthread_barrier_wait(&seen);
  return nullptr;
}
}  // namespace

int main() {
  Watchdog(50);
  constexpr int kThreads = 12;
  CHECK_EQ(pthread_barrier_init(&bound, nullptr, kThreads + 1), 0);
  CHECK_EQ(pthread_barrier_init(&seen, nullptr, kThreads + 1), 0);
  pthread_t threads[kThreads];
  for (pthread_t& thread : threads) CHECK_EQ(pthread_create(&thread, nullptr, Work, nullptr), 0);
  pthread_barrier_wait(&bound);
  CHECK_EQ(PoolNamed("workers").threads, kThreads);
  pthread_barrier_wait(&seen);
  for (pthread_t thread : threads) CHECK_EQ(pthread_join(thread, nullptr), 0);
  CHECK_EQ(WaitForThreads("workers", 0).threads, 0);

  CHECK_EQ(memgov_pool_bind(nullptr), -1);
  CHECK_EQ(memgov_pool_bind(""), -1);
  CHECK_EQ(memgov_pool_bind("a name of more than thirty-one bytes"), 0);
  CHECK_EQ(PoolNamed("a name of more than thirty-one ").threads, 1);
}
