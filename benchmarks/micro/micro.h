// micro.h: what the micro benchmarks share.
//
// Safety: each benchmark sets up its own blocks and threads and takes them down again.
// Assumptions: the allocator under test came by LD_PRELOAD, or is the C library's.
#ifndef MEMGOV_BENCHMARKS_MICRO_MICRO_H_
#define MEMGOV_BENCHMARKS_MICRO_MICRO_H_

#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdlib>
#include <vector>

namespace memgov {

// The sizes of every "by size" benchmark: small classes, a page, and two that leave the small paths.
inline constexpr int64_t kSizes[] = {16, 64, 256, 1024, 4096, 32768, 200 * 1024};

// Adds one run per size of kSizes.
inline void BySize(benchmark::internal::Benchmark* benchmark) {
  for (const int64_t size : kSizes) benchmark->Arg(size);
}

// A block whose first byte was written: what a program does with memory, and what makes a page real.
inline void* Touched(size_t size) {
  char* block = static_cast<char*>(std::malloc(size));
  *block = 1;
  benchmark::DoNotOptimize(block);
  return block;
}

// A permutation of 0..count-1, the same in every run.
std::vector<size_t> Shuffled(size_t count);

}  // namespace memgov

#endif  // MEMGOV_BENCHMARKS_MICRO_MICRO_H_
