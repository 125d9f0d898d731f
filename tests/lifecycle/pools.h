// pools.h: look up one pool among those memgov reports.
//
// Safety: any thread; allocates nothing. Assumptions: at most kMostPools pools.
#ifndef MEMGOV_TESTS_LIFECYCLE_POOLS_H_
#define MEMGOV_TESTS_LIFECYCLE_POOLS_H_

#include <memgov/memgov.h>
#include <pthread.h>
#include <stdlib.h>

#include "preload_check.h"

inline constexpr int kMostPools = 64;

// All zero where there is no such pool.
inline memgov_pool_t PoolNamed(const char* name) {
  static thread_local memgov_pool_t pools[kMostPools];
  const size_t count = memgov_pools(pools, kMostPools, sizeof pools[0]);
  for (size_t i = 0; i < count && i < kMostPools; ++i)
    if (strcmp(pools[i].name, name) == 0) return pools[i];
  return memgov_pool_t{};
}

// Names are read by the governor now and then: waits until the pool has that many threads, at most 20 s.
inline memgov_pool_t WaitForThreads(const char* name, uint32_t threads) {
  memgov_pool_t pool = {};
  for (int i = 0; i < 2000; ++i) {
    pool = PoolNamed(name);
    if (pool.threads == threads) break;
    usleep(10000);
  }
  return pool;
}

// 128 MiB in blocks of 1 KiB, touched: a standard error of 8 MiB.
inline constexpr size_t kSampleBlocks = 131072, kSampleBlock = 1024;
inline constexpr size_t kSampleBytes = kSampleBlocks * kSampleBlock;

class SampleBlocks {
 public:
  SampleBlocks() {
    for (void*& block : blocks_) {
      block = malloc(kSampleBlock);
      CHECK(block != nullptr);
      *static_cast<char*>(block) = 1;
    }
  }
  ~SampleBlocks() {
    for (void* block : blocks_) free(block);
  }
  SampleBlocks(const SampleBlocks&) = delete;
  SampleBlocks& operator=(const SampleBlocks&) = delete;

 private:
  void* blocks_[kSampleBlocks];
};

// Four standard errors of a sampled figure: a wrong alarm once in 16,000.
inline void CheckAbout(uint64_t live, size_t expected) {
  const size_t tolerance = size_t{4} * 8192 * 1024;
  CHECK(live + tolerance > expected);
  CHECK(live < expected + tolerance);
}

#endif  // MEMGOV_TESTS_LIFECYCLE_POOLS_H_
