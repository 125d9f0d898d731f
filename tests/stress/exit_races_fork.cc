// Threads end, with state that their destructors free, at the moment main forks; the child allocates, makes a
// thread of its own, and ends. Argument: rounds.
#include <sys/wait.h>

#include "stress/exchange.h"

namespace {
constexpr int kThreads = 12;
std::atomic<bool> go;

struct Late {
  MarkedBlock* block = nullptr;
  ~Late() { FreeMarked(block); }
};
thread_local Late late;

void* Ends(void* seed) {
  Random random(reinterpret_cast<uintptr_t>(seed));
  late.block = NewMarked(random, 12);
  while (!go) sched_yield();
  FreeMarked(Swap(random, NewMarked(random, 12)));
  return nullptr;
}

[[noreturn]] void Child() {
  Watchdog(20);
  Random random(3);
  for (int i = 0; i < 50; ++i) FreeMarked(Swap(random, NewMarked(random, 14)));
  pthread_t thread;
  CHECK_EQ(pthread_create(&thread, nullptr, Ends, nullptr), 0);
  CHECK_EQ(pthread_join(thread, nullptr), 0);
  _exit(0);
}
}  // namespace

int main(int count, char** arguments) {
  const uint64_t rounds = Argument(count, arguments, 1000);
  for (uint64_t round = 0; round < rounds; ++round) {
    Watchdog(30);
    go = false;
    pthread_t threads[kThreads];
    for (uintptr_t i = 0; i < kThreads; ++i)
      CHECK_EQ(pthread_create(&threads[i], nullptr, Ends, reinterpret_cast<void*>(i + round)), 0);
    go = true;
    const pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) Child();
    for (pthread_t thread : threads) CHECK_EQ(pthread_join(thread, nullptr), 0);
    int status;
    CHECK_EQ(waitpid(child, &status, 0), child);
    CHECK_EQ(status, 0);
  }
  ClearExchange();
}
