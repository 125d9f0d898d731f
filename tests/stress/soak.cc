// For a number of seconds: churning threads, swaps, forks, releases and bursts together; the RSS of the
// second half stays below twice that of the first. Argument: seconds.
#include <sys/wait.h>
#include <time.h>

#include "stress/exchange.h"

namespace {
time_t Now() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec;
}

void* Burst(void* seed) {
  Random random(reinterpret_cast<uintptr_t>(seed) + 1);
  MarkedBlock* blocks[500];
  for (MarkedBlock*& block : blocks) block = NewMarked(random, 14);
  for (MarkedBlock* block : blocks) FreeMarked(Swap(random, block));
  return nullptr;
}

void Round(uintptr_t round) {
  pthread_t threads[12];
  for (pthread_t& thread : threads) {
    const uintptr_t seed = round * 12 + static_cast<uintptr_t>(&thread - threads);
    CHECK_EQ(pthread_create(&thread, nullptr, Burst, reinterpret_cast<void*>(seed)), 0);
  }
  const pid_t child = fork();
  CHECK(child >= 0);
  if (child == 0) {
    Watchdog(20);
    Burst(reinterpret_cast<void*>(round));
    _exit(0);
  }
  for (pthread_t thread : threads) CHECK_EQ(pthread_join(thread, nullptr), 0);
  int status;
  CHECK_EQ(waitpid(child, &status, 0), child);
  CHECK_EQ(status, 0);
  if (round % 50 == 0) malloc_trim(0);
}
}  // namespace

int main(int count, char** arguments) {
  const time_t seconds = static_cast<time_t>(Argument(count, arguments, 180));
  const time_t begin = Now();
  size_t peaks[2] = {};
  ExchangeThreads threads;
  for (uintptr_t round = 0; Now() < begin + seconds; ++round) {
    Watchdog(60);
    Round(round);
    const size_t resident = ResidentBytes();
    size_t& peak = peaks[Now() >= begin + seconds / 2];
    if (resident > peak) peak = resident;
  }
  CHECK(peaks[1] < 2 * peaks[0]);
}
