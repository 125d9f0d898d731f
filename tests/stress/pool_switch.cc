// Eight threads go from pool to pool, some with books of their own, and end and begin; blocks go through all
// of them. Beside them: releases, the figures' readers, and forks whose child goes on doing the same.
// Argument: rounds.
#include <memgov/memgov.h>
#include <stdio.h>
#include <sys/wait.h>

#include "stress/exchange.h"

namespace {

constexpr int kThreads = 8;
constexpr const char* kPools[] = {"parse", "embed", "stream", "cache", "log", "trace"};
constexpr uint64_t kPoolCount = sizeof kPools / sizeof kPools[0];

std::atomic<bool> stop{false};
std::atomic<uint64_t> next_seed{1};

void Visit(Random& random, int depth) {
  const uint32_t token = memgov_pool_enter(kPools[random.Below(kPoolCount)]);
  for (uint64_t left = 1 + random.Below(40); left > 0; --left)
    FreeMarked(Swap(random, NewMarked(random, 13)));
  if (depth > 0) Visit(random, depth - 1);
  CHECK_EQ(memgov_pool_leave(token), 0);
  FreeMarked(Swap(random, NewMarked(random, 13)));
}

void* RunShortly(void*) {
  Random random(next_seed++);
  if (random.Below(2) == 0) memgov_pool_bind(kPools[random.Below(kPoolCount)]);
  for (int visit = 0; visit < 20; ++visit) Visit(random, 2);
  return nullptr;
}

void* Run(void*) {
  Random random(next_seed++);
  while (!stop) {
    for (int visit = 0; visit < 50; ++visit) Visit(random, 2);
    pthread_t thread;
    CHECK_EQ(pthread_create(&thread, nullptr, RunShortly, nullptr), 0);
    CHECK_EQ(pthread_join(thread, nullptr), 0);
  }
  return nullptr;
}

void ForkOnce() {
  const pid_t child = fork();
  CHECK(child >= 0);
  if (child == 0) {
    alarm(20);
    Random random(next_seed++);
    for (int visit = 0; visit < 20; ++visit) Visit(random, 3);
    memgov_release(SIZE_MAX);
    _exit(0);
  }
  int status = 0;
  CHECK_EQ(waitpid(child, &status, 0), child);
  CHECK_EQ(status, 0);
}

}  // namespace

int main(int count, char** arguments) {
  const uint64_t rounds = Argument(count, arguments, 300);
  pthread_t threads[kThreads];
  for (pthread_t& thread : threads) CHECK_EQ(pthread_create(&thread, nullptr, Run, nullptr), 0);
  for (uint64_t round = 0; round < rounds; ++round) {
    Watchdog(60);
    memgov_release(round % 2 ? SIZE_MAX : 1 << 20);
    memgov_pool_t pools[16];
    memgov_pools(pools, 16, sizeof pools[0]);
    if (round % 4 == 0) ForkOnce();
    usleep(1000);
  }
  stop = true;
  for (pthread_t thread : threads) CHECK_EQ(pthread_join(thread, nullptr), 0);
  ClearExchange();
}
