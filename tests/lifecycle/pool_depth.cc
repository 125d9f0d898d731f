// Scopes nest as deep as a recursion goes: after 1,000 of them the thread is back in the pool it came from.
#include "lifecycle/pools.h"

namespace {
constexpr int kDepth = 1000;

void Descend(int depth) {
  const uint32_t token = memgov_pool_enter(depth % 2 ? "odd" : "even");
  if (depth > 0) Descend(depth - 1);
  free(malloc(100));
  CHECK_EQ(memgov_pool_leave(token), 0);
}
}  // namespace

int main() {
  CHECK_EQ(memgov_pool_bind("home"), 0);
  Descend(kDepth);
  SampleBlocks* blocks = new SampleBlocks;
  CheckAbout(PoolNamed("home").live_bytes, kSampleBytes);
  CheckAbout(PoolNamed("odd").live_bytes, 0);
  CheckAbout(PoolNamed("even").live_bytes, 0);
  delete blocks;
}
