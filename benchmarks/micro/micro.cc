#include "benchmarks/micro/micro.h"

#include <algorithm>
#include <numeric>
#include <random>

namespace memgov {

std::vector<size_t> Shuffled(size_t count) {
  std::vector<size_t> order(count);
  std::iota(order.begin(), order.end(), size_t{0});
  std::mt19937_64 random(42);
  // std::shuffle's result differs between libraries; this one does not.
  for (size_t i = count; i > 1; --i) std::swap(order[i - 1], order[random() % i]);
  return order;
}

}  // namespace memgov

BENCHMARK_MAIN();
