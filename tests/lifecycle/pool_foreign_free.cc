// A block that one thread allocates in its pool and another frees leaves its pool's account, not the freer's.
#include "lifecycle/pools.h"

namespace {
void* Free(void* blocks) {
  memgov_pool_bind("consumer");
  delete static_cast<SampleBlocks*>(blocks);
  return nullptr;
}
}  // namespace

int main() {
  CHECK_EQ(memgov_pool_bind("producer"), 0);
  for (int i = 0; i < 4; ++i) {
    SampleBlocks* blocks = new SampleBlocks;
    CheckAbout(PoolNamed("producer").live_bytes, kSampleBytes);
    pthread_t thread;
    CHECK_EQ(pthread_create(&thread, nullptr, Free, blocks), 0);
    CHECK_EQ(pthread_join(thread, nullptr), 0);
    CheckAbout(PoolNamed("producer").live_bytes, 0);
    CheckAbout(PoolNamed("consumer").live_bytes, 0);
  }
}
