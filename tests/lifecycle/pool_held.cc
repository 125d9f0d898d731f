// Engines that know what a pool holds: two pools of threads hold what they took, to a MiB and a share,
// whoever frees it; what one of them gave back is its own, and a scope counts where it leads.
#include <stdio.h>

#include "lifecycle/pools.h"

namespace {

constexpr int kThreads = 6;
constexpr size_t kBlockBytes = 240;
constexpr size_t kBlocks = 24000;  // of each thread: 5.5 MiB
constexpr size_t kPoolBytes = kThreads * kBlocks * kBlockBytes;
// Slabs that are begun, what blocks are rounded up to, the parts of heaps.
constexpr size_t kBeyondBytes = (2 << 20) + kThreads * (128 << 10) + kPoolBytes / 8;

struct Pool {
  const char* name;
  void** blocks[kThreads];
};
Pool front = {"front", {}};
Pool back = {"back", {}};

struct Work {
  Pool* pool;
  int index;
};

pthread_barrier_t filled, looked, swapped;

void** Fill() {
  void** blocks = static_cast<void**>(malloc(kBlocks * sizeof(void*)));
  CHECK(blocks != nullptr);
  for (size_t index = 0; index < kBlocks; ++index) {
    blocks[index] = malloc(kBlockBytes);
    CHECK(blocks[index] != nullptr);
    memset(blocks[index], 1, kBlockBytes);
  }
  return blocks;
}

void Empty(void** blocks) {
  for (size_t index = 0; index < kBlocks; ++index) free(blocks[index]);
  free(blocks);
}

void* Run(void* argument) {
  const Work work = *static_cast<Work*>(argument);
  CHECK_EQ(memgov_pool_bind(work.pool->name), 0);
  work.pool->blocks[work.index] = Fill();
  pthread_barrier_wait(&filled);
  pthread_barrier_wait(&looked);
  // Those of the back free what the front took.
  if (work.pool == &back) Empty(front.blocks[work.index]);
  pthread_barrier_wait(&swapped);
  pthread_barrier_wait(&looked);
  return nullptr;
}

void CheckHeld(int line, const Pool& pool, size_t expected) {
  const uint64_t held = PoolNamed(pool.name).held_bytes;
  if (held >= expected && held <= expected + kBeyondBytes) return;
  fprintf(stderr, "line %d: %s holds %zu bytes, expected are %zu to %zu\n", line, pool.name,
          static_cast<size_t>(held), expected, expected + kBeyondBytes);
  exit(1);
}

}  // namespace

int main() {
  Watchdog(100);
  pthread_barrier_t* const barriers[] = {&filled, &looked, &swapped};
  for (pthread_barrier_t* barrier : barriers)
    CHECK_EQ(pthread_barrier_init(barrier, nullptr, 2 * kThreads + 1), 0);
  // The first to come makes what a pool has of its own; meanwhile others would take from what all share.
  for (const Pool* pool : {&front, &back}) CHECK_EQ(memgov_pool_leave(memgov_pool_enter(pool->name)), 0);
  pthread_t threads[2 * kThreads];
  static Work works[2 * kThreads];
  for (int index = 0; index < 2 * kThreads; ++index) {
    works[index] = {index % 2 == 0 ? &front : &back, index / 2};
    CHECK_EQ(pthread_create(&threads[index], nullptr, Run, &works[index]), 0);
  }
  pthread_barrier_wait(&filled);
  CheckHeld(__LINE__, front, kPoolBytes);
  CheckHeld(__LINE__, back, kPoolBytes);
  pthread_barrier_wait(&looked);
  pthread_barrier_wait(&swapped);
  memgov_release(SIZE_MAX);
  CheckHeld(__LINE__, front, 0);
  CheckHeld(__LINE__, back, kPoolBytes);

  const uint32_t token = memgov_pool_enter("front");
  void** const mine = Fill();
  CHECK_EQ(memgov_pool_leave(token), 0);
  CheckHeld(__LINE__, front, kBlocks * kBlockBytes);
  Empty(mine);
  pthread_barrier_wait(&looked);
  for (pthread_t thread : threads) CHECK_EQ(pthread_join(thread, nullptr), 0);
  for (void** blocks : back.blocks) Empty(blocks);
  memgov_release(SIZE_MAX);
  CheckHeld(__LINE__, back, 0);
}
