// Generations of threads that die in mid-work: each passes all its blocks to the next, which verifies,
// resizes, frees and adds. (The idea of mimalloc's test-stress.) Argument: rounds of 16 threads.
#include "stress/exchange.h"

namespace {
constexpr int kThreads = 16, kKept = 200;
MarkedBlock* kept[kThreads][kKept];
uint64_t generation;

MarkedBlock* Resize(Random& random, MarkedBlock* block) {
  block->Verify();
  const size_t old_size = block->size, size = sizeof(MarkedBlock) + random.Size(14);
  const uint64_t old_mark = block->mark;
  block = static_cast<MarkedBlock*>(realloc(block, size));
  CHECK(block != nullptr);
  CHECK(block->size == old_size && block->mark == old_mark);
  block->size = size;
  block->Mark();
  return block;
}

void* Live(void* index) {
  // The neighbour's blocks of the generation before: allocated by a thread that no longer exists.
  const uintptr_t self = reinterpret_cast<uintptr_t>(index);
  MarkedBlock** inherited = kept[(self + generation) % kThreads];
  Random random(generation * kThreads + self + 1);
  for (int i = 0; i < 2000; ++i) {
    MarkedBlock*& block = inherited[random.Below(kKept)];
    if (!block) {
      block = NewMarked(random, 13);
    } else if (random.Below(4) == 0) {
      block = Resize(random, block);
    } else if (random.Below(4) == 0) {
      block = Swap(random, block);
    } else {
      FreeMarked(block);
      block = nullptr;
    }
  }
  return nullptr;
}
}  // namespace

int main(int count, char** arguments) {
  const uint64_t rounds = Argument(count, arguments, 300);
  for (generation = 0; generation < rounds; ++generation) {
    Watchdog(30);
    pthread_t threads[kThreads];
    for (uintptr_t i = 0; i < kThreads; ++i)
      CHECK_EQ(pthread_create(&threads[i], nullptr, Live, reinterpret_cast<void*>(i)), 0);
    for (pthread_t thread : threads) CHECK_EQ(pthread_join(thread, nullptr), 0);
  }
  for (auto& row : kept)
    for (MarkedBlock* block : row) FreeMarked(block);
  ClearExchange();
}
