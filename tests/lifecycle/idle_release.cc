// 200 MB that 100 threads allocated and freed goes back to the kernel once they are parked, without a call by
// the host.
#include <pthread.h>
#include <stdlib.h>

#include "preload_check.h"

namespace {
constexpr int kThreads = 100;
constexpr size_t kBlocks = 200, kBlock = 10000;
pthread_barrier_t loaded, parked;

void* Burst(void*) {
  void* blocks[kBlocks];
  for (void*& block : blocks) {
    block = malloc(kBlock);
    CHECK(block != nullptr);
    memset(block, 1, kBlock);
  }
  void* kept = malloc(100);  // at each heap's top, as a session would be
  pthread_barrier_wait(&loaded);
  for (void* block : blocks) free(block);
  pthread_barrier_wait(&parked);
  pause();
  return kept;
}
}  // namespace

int main() {
  Watchdog(50);
  CHECK_EQ(pthread_barrier_init(&loaded, nullptr, kThreads + 1), 0);
  CHECK_EQ(pthread_barrier_init(&parked, nullptr, kThreads + 1), 0);
  const size_t burst = kThreads * kBlocks * kBlock, before = ResidentBytes();
  for (int i = 0; i < kThreads; ++i) {
    pthread_t thread;
    CHECK_EQ(pthread_create(&thread, nullptr, Burst, nullptr), 0);
  }
  pthread_barrier_wait(&loaded);
  CHECK(ResidentBytes() > before + burst * 9 / 10);
  pthread_barrier_wait(&parked);
  for (int i = 0; i < 300; ++i) {
    if (ResidentBytes() < before + burst / 5) _exit(0);
    usleep(100000);
  }
  CHECK_EQ(ResidentBytes(), before + burst / 5);
}
