// A burst, then parked threads: what comes back when somebody asks. 100 threads allocate 20 x 200 KiB and
// 10,000 x 256 B each, free them (but for one in KEEP) and park; then memgov_release, and malloc_trim where
// memgov is absent.
//
//   LD_PRELOAD=... burst [KEEP]
#include <malloc.h>
#include <memgov/memgov.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <atomic>
#include <latch>
#include <thread>
#include <vector>

namespace {

constexpr int kThreads = 100;
constexpr int kLargeBlocks = 20;
constexpr int kSmallBlocks = 10000;

size_t ResidentMegabytes() {
  size_t pages = 0;
  FILE* file = fopen("/proc/self/statm", "r");
  if (file == nullptr || fscanf(file, "%*s %zu", &pages) != 1) abort();
  fclose(file);
  return pages * static_cast<size_t>(sysconf(_SC_PAGESIZE)) >> 20;
}

void Allocate(std::vector<void*>& blocks, int count, size_t size) {
  for (int index = 0; index < count; ++index) {
    blocks.push_back(malloc(size));
    if (blocks.back() == nullptr) abort();
    memset(blocks.back(), 1, size);
  }
}

void Burst(size_t keep, std::latch& allocated, std::latch& freed, std::latch& leave) {
  std::vector<void*> blocks;
  blocks.reserve(kLargeBlocks + kSmallBlocks);
  Allocate(blocks, kLargeBlocks, 200 << 10);
  Allocate(blocks, kSmallBlocks, 256);
  allocated.arrive_and_wait();
  for (size_t index = 0; index < blocks.size(); ++index) {
    if (keep == 0 || index % keep != 0) free(blocks[index]);
  }
  freed.count_down();
  leave.wait();
}

// What the process asked for, and how long it took, in words.
void ReleaseAndReport() {
  const size_t before = ResidentMegabytes();
  if (memgov_available()) {
    memgov_release(SIZE_MAX);
  } else {
    malloc_trim(0);
  }
  printf("after the burst %zu MB, after the release %zu MB", before, ResidentMegabytes());
  memgov_stats_t stats{};
  stats.size = sizeof stats;
  if (memgov_stats(&stats) == 0)
    printf(", longest stall %.1f ms", static_cast<double>(stats.longest_stall_ns) / 1e6);
  printf("\n");
}

}  // namespace

int main(int count, char** arguments) {
  const size_t keep = count > 1 ? strtoul(arguments[1], nullptr, 10) : 0;
  std::latch allocated(kThreads);
  std::latch freed(kThreads);
  std::latch leave(1);
  std::vector<std::thread> threads;
  for (int index = 0; index < kThreads; ++index) {
    threads.emplace_back([&] { Burst(keep, allocated, freed, leave); });
  }
  freed.wait();
  ReleaseAndReport();
  leave.count_down();
  for (std::thread& thread : threads) thread.join();
}
