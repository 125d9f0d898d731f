// memgov_release returns what the RSS really lost, and counts it.
#include <malloc.h>

#include "lifecycle/pools.h"

int main() {
  constexpr size_t kBlocks = 100000, kBlock = 1000, kTolerance = 4 << 20;
  static void* blocks[kBlocks];
  for (void*& block : blocks) {
    block = malloc(kBlock);
    CHECK(block != nullptr);
    memset(block, 1, kBlock);
  }
  void* top = malloc(kBlock);
  for (void* block : blocks) free(block);
  const size_t before = ResidentBytes();
  const size_t released = memgov_release(SIZE_MAX);
  const size_t after = ResidentBytes();
  CHECK(after + released <= before + kTolerance);
  CHECK(before <= after + released + kTolerance);
  // mimalloc 2.0 leaves spans freed within its decommit delay, in segments that stay in use.
  const bool mimalloc = strcmp(getenv("MEMGOV_TEST_ENGINE"), "mimalloc") == 0;
  CHECK(after < kBlocks * kBlock / (mimalloc ? 2 : 4));
  memgov_stats_t stats;
  stats.size = sizeof stats;
  CHECK_EQ(memgov_stats(&stats), 0);
  CHECK(stats.releases >= 1);
  CHECK(stats.released_bytes >= released);
  free(top);
}
