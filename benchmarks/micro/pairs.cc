// One block allocated and freed at once: the shortest path an allocator has.
#include <malloc.h>

#include <new>

#include "benchmarks/micro/micro.h"

namespace memgov {
namespace {

void Pair(benchmark::State& state) {
  const size_t size = static_cast<size_t>(state.range(0));
  for (auto _ : state) std::free(Touched(size));
}
BENCHMARK(Pair)->Apply(BySize);

// Every class from 16 to 1024 in turn: a benchmark of one size flatters caches of one size.
void PairMixed(benchmark::State& state) {
  size_t size = 16;
  for (auto _ : state) {
    std::free(Touched(size));
    size = size == 1024 ? 16 : size + 16;
  }
}
BENCHMARK(PairMixed);

// Two threads at once, each with blocks of its own.
BENCHMARK(PairMixed)->Name("PairMixedThreads")->Threads(2)->UseRealTime();

void Calloc(benchmark::State& state) {
  const size_t size = static_cast<size_t>(state.range(0));
  for (auto _ : state) {
    void* block = std::calloc(1, size);
    benchmark::DoNotOptimize(block);
    std::free(block);
  }
}
BENCHMARK(Calloc)->Apply(BySize);

void Aligned(benchmark::State& state) {
  const size_t alignment = static_cast<size_t>(state.range(0));
  for (auto _ : state) {
    void* block = std::aligned_alloc(alignment, 2 * alignment);
    benchmark::DoNotOptimize(block);
    std::free(block);
  }
}
BENCHMARK(Aligned)->Arg(32)->Arg(64)->Arg(512)->Arg(4096);

void NewDeleteSized(benchmark::State& state) {
  const size_t size = static_cast<size_t>(state.range(0));
  for (auto _ : state) {
    void* block = ::operator new(size);
    benchmark::DoNotOptimize(block);
    ::operator delete(block, size);
  }
}
BENCHMARK(NewDeleteSized)->Apply(BySize);

void NewDeleteAligned(benchmark::State& state) {
  const size_t size = static_cast<size_t>(state.range(0));
  constexpr std::align_val_t kAlignment{64};
  for (auto _ : state) {
    void* block = ::operator new(size, kAlignment);
    benchmark::DoNotOptimize(block);
    ::operator delete(block, size, kAlignment);
  }
}
BENCHMARK(NewDeleteAligned)->Arg(64)->Arg(1024);

void UsableSize(benchmark::State& state) {
  void* block = Touched(100);
  for (auto _ : state) benchmark::DoNotOptimize(malloc_usable_size(block));
  std::free(block);
}
BENCHMARK(UsableSize);

}  // namespace
}  // namespace memgov
