// A buffer that grows: what parsers and response builders do.
#include <cstring>

#include "benchmarks/micro/micro.h"

namespace memgov {
namespace {

// From 64 bytes to the limit, half again each time, every new byte written.
void ReallocGrowth(benchmark::State& state) {
  const size_t limit = static_cast<size_t>(state.range(0));
  for (auto _ : state) {
    size_t size = 64;
    char* buffer = static_cast<char*>(std::malloc(size));
    std::memset(buffer, 1, size);
    while (size < limit) {
      const size_t larger = size + size / 2;
      buffer = static_cast<char*>(std::realloc(buffer, larger));
      std::memset(buffer + size, 1, larger - size);
      size = larger;
    }
    benchmark::DoNotOptimize(buffer);
    std::free(buffer);
  }
}
BENCHMARK(ReallocGrowth)->Arg(1024)->Arg(200 * 1024)->Arg(4 << 20);

// Steps of 16 bytes: most of them fit the block that is there.
void ReallocCreep(benchmark::State& state) {
  for (auto _ : state) {
    void* buffer = nullptr;
    for (size_t size = 16; size <= 2048; size += 16) buffer = std::realloc(buffer, size);
    benchmark::DoNotOptimize(buffer);
    std::free(buffer);
  }
}
BENCHMARK(ReallocCreep);

}  // namespace
}  // namespace memgov
