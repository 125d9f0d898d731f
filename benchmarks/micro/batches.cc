// Many blocks allocated, then freed in some order: refills, flushes, and what a heap does with holes.
#include <vector>

#include "benchmarks/micro/micro.h"

namespace memgov {
namespace {

enum class Order { kLifo, kFifo, kRandom };

// At most 16 MiB, so that large blocks measure the allocator and not the machine's memory.
size_t BatchOf(size_t size) {
  const size_t fit = (size_t{16} << 20) / size;
  return fit < 1000 ? fit : 1000;
}

std::vector<size_t> FreeOrder(Order order, size_t count) {
  if (order == Order::kRandom) return Shuffled(count);
  std::vector<size_t> result(count);
  for (size_t i = 0; i < count; ++i) result[i] = order == Order::kFifo ? i : count - 1 - i;
  return result;
}

void Batch(benchmark::State& state, Order order) {
  const size_t size = static_cast<size_t>(state.range(0));
  const size_t count = BatchOf(size);
  const std::vector<size_t> frees = FreeOrder(order, count);
  std::vector<void*> blocks(count);
  for (auto _ : state) {
    for (void*& block : blocks) block = Touched(size);
    for (const size_t i : frees) std::free(blocks[i]);
  }
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(count));
}
BENCHMARK_CAPTURE(Batch, lifo, Order::kLifo)->Apply(BySize);
BENCHMARK_CAPTURE(Batch, fifo, Order::kFifo)->Apply(BySize);
BENCHMARK_CAPTURE(Batch, random, Order::kRandom)->Apply(BySize);

// A heap of 20,000 live blocks of 16 to 1024 bytes in which one at random is replaced by another size.
void Replace(benchmark::State& state) {
  constexpr size_t kLive = 20000;
  const std::vector<size_t> order = Shuffled(kLive);
  std::vector<void*> live(kLive);
  for (size_t i = 0; i < kLive; ++i) live[i] = Touched(16 + 16 * (order[i] % 64));
  size_t step = 0;
  for (auto _ : state) {
    void*& slot = live[order[step % kLive]];
    std::free(slot);
    slot = Touched(16 + 16 * ((step * 37) % 64));
    ++step;
  }
  for (void* block : live) std::free(block);
}
BENCHMARK(Replace);

}  // namespace
}  // namespace memgov
