// Eight threads allocate and free, main's blocks among them, while main forks; each child allocates at once,
// frees blocks of all the threads it did not inherit, starts a thread, and forks a grandchild. Argument:
// rounds.
#include <sys/wait.h>

#include "stress/exchange.h"

namespace {
void WaitForZero(pid_t child) {
  int status;
  CHECK(child > 0);
  CHECK_EQ(waitpid(child, &status, 0), child);
  CHECK_EQ(status, 0);
}

void Churn(uint64_t seed, int steps) {
  Random random(seed);
  for (int i = 0; i < steps; ++i) FreeMarked(Swap(random, NewMarked(random, 15)));
}

void* ChurnInThread(void*) {
  Churn(77, 200);
  return nullptr;
}

[[noreturn]] void Child(uint64_t seed) {
  Watchdog(20);
  Churn(seed, 500);
  const pid_t grandchild = fork();
  if (grandchild == 0) {
    Watchdog(20);
    Churn(seed + 1, 100);
    ClearExchange();
    _exit(0);
  }
  if (seed % 4 == 0) {
    pthread_t thread;
    CHECK_EQ(pthread_create(&thread, nullptr, ChurnInThread, nullptr), 0);
    CHECK_EQ(pthread_join(thread, nullptr), 0);
  }
  ClearExchange();
  WaitForZero(grandchild);
  if (seed % 2) exit(0);
  _exit(0);
}
}  // namespace

int main(int count, char** arguments) {
  const uint64_t rounds = Argument(count, arguments, 500);
  ExchangeThreads threads;
  for (uint64_t round = 1; round <= rounds; ++round) {
    Watchdog(30);
    Churn(round, 300);
    const pid_t child = fork();
    if (child == 0) Child(round);
    WaitForZero(child);
  }
}
