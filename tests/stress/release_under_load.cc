// malloc_trim, memgov_release and the figures' readers run beside eight allocating threads. Argument: rounds.
#include <memgov/memgov.h>
#include <stdio.h>

#include "stress/exchange.h"

namespace {
void ReadFigures() {
  memgov_stats_t stats;
  stats.size = sizeof stats;
  memgov_stats(&stats);
  memgov_pool_t pools[8];
  memgov_pools(pools, 8, sizeof pools[0]);
  const struct mallinfo2 info = mallinfo2();
  CHECK(info.uordblks <= size_t{8} << 30);
}

void WriteInfo() {
  FILE* sink = fopen("/dev/null", "w");
  CHECK(sink != nullptr);
  CHECK_EQ(malloc_info(0, sink), 0);
  fclose(sink);
}
}  // namespace

int main(int count, char** arguments) {
  const uint64_t rounds = Argument(count, arguments, 300);
  ExchangeThreads threads;
  for (uint64_t round = 0; round < rounds; ++round) {
    Watchdog(30);
    malloc_trim(round % 3 ? 0 : 1 << 20);
    memgov_release(round % 2 ? SIZE_MAX : 1 << 20);
    ReadFigures();
    if (round % 10 == 0) WriteInfo();
    usleep(1000);
  }
}
