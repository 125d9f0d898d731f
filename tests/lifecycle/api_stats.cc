// memgov_stats fills what it knows, honours the caller's size, and its figures agree with the kernel's.
#include "lifecycle/pools.h"

int main() {
  CHECK_EQ(memgov_available(), 1);
  CHECK(memgov_version() && strstr(memgov_version(), getenv("MEMGOV_TEST_ENGINE")));
  CHECK_EQ(memgov_stats(nullptr), -1);
  memgov_stats_t stats;
  memset(&stats, 0x5A, sizeof stats);
  stats.size = 1;
  CHECK_EQ(memgov_stats(&stats), -1);
  stats.size = offsetof(memgov_stats_t, live_bytes);
  CHECK_EQ(memgov_stats(&stats), 0);
  CHECK_EQ(stats.live_bytes, 0x5A5A5A5A5A5A5A5A);

  stats.size = sizeof stats;
  CHECK_EQ(memgov_stats(&stats), 0);
  const uint64_t allocated = stats.allocated_bytes;
  SampleBlocks* blocks = new SampleBlocks;
  CHECK_EQ(memgov_stats(&stats), 0);
  CheckAbout(stats.live_bytes, kSampleBytes);
  CHECK(stats.allocated_bytes >= allocated + kSampleBytes);
  CHECK(stats.allocated_bytes < allocated + kSampleBytes + sizeof *blocks + 100000);
  CHECK(stats.held_bytes >= kSampleBytes);
  const size_t resident = ResidentBytes();
  CHECK(stats.resident_bytes > resident / 2 && stats.resident_bytes < resident * 2);
  CHECK_EQ(stats.threads, 1);
  delete blocks;
}
