// Other people's atfork handlers, registered before and after the allocator's, allocate in prepare, parent
// and child while threads are inside malloc.
#include <pthread.h>
#include <stdlib.h>
#include <sys/wait.h>

#include <atomic>

#include "lifecycle/busy_threads.h"

extern "C" int AtforkPhase(int phase);
extern "C" void AtforkAllocateLocked();

namespace {
int own_phases;

void AroundFork() {
  ++own_phases;
  for (size_t size = 8; size < 400000; size *= 3) free(calloc(1, size));
}
std::atomic<bool> stop{false};

void* AllocateLocked(void*) {
  while (!stop) AtforkAllocateLocked();
  return nullptr;
}
}  // namespace

int main() {
  Watchdog(55);
  pthread_t locked;
  CHECK_EQ(pthread_create(&locked, nullptr, AllocateLocked, nullptr), 0);
  CHECK_EQ(pthread_atfork(AroundFork, AroundFork, AroundFork), 0);
  BusyThreads threads(6);
  constexpr int kForks = 100;
  for (int i = 1; i <= kForks; ++i) {
    const pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
      Watchdog(20);
      CHECK_EQ(AtforkPhase(2), 1);
      free(malloc(100));
      _exit(0);
    }
    int status;
    CHECK_EQ(waitpid(child, &status, 0), child);
    CHECK_EQ(status, 0);
    CHECK_EQ(AtforkPhase(0), i);
    CHECK_EQ(AtforkPhase(1), i);
  }
  CHECK_EQ(own_phases, 2 * kForks);
  stop = true;
  CHECK_EQ(pthread_join(locked, nullptr), 0);
}
