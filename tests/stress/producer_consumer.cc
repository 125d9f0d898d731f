// Four producers allocate, four consumers free; a ring between each pair. Nothing piles up. Argument: blocks
// per pair.
#include "stress/exchange.h"

namespace {
constexpr size_t kPairs = 4, kRing = 512;

struct Ring {
  std::atomic<MarkedBlock*> slots[kRing];
};
Ring rings[kPairs];
uint64_t blocks;

void* Produce(void* ring) {
  Ring& to = *static_cast<Ring*>(ring);
  Random random(static_cast<uint64_t>(&to - rings) + 1);
  for (uint64_t i = 0; i < blocks; ++i) {
    MarkedBlock* block = NewMarked(random, 10);
    while (to.slots[i % kRing]) sched_yield();
    to.slots[i % kRing] = block;
  }
  return nullptr;
}

void* Consume(void* ring) {
  Ring& from = *static_cast<Ring*>(ring);
  for (uint64_t i = 0; i < blocks; ++i) {
    while (!from.slots[i % kRing]) sched_yield();
    FreeMarked(from.slots[i % kRing].exchange(nullptr));
  }
  return nullptr;
}
}  // namespace

int main(int count, char** arguments) {
  blocks = Argument(count, arguments, 2000000);
  Watchdog(static_cast<unsigned>(100 + blocks / 50000));
  pthread_t threads[2 * kPairs];
  for (size_t i = 0; i < kPairs; ++i) {
    CHECK_EQ(pthread_create(&threads[2 * i], nullptr, Produce, &rings[i]), 0);
    CHECK_EQ(pthread_create(&threads[2 * i + 1], nullptr, Consume, &rings[i]), 0);
  }
  for (pthread_t thread : threads) CHECK_EQ(pthread_join(thread, nullptr), 0);
  CHECK(ResidentBytes() < size_t{256} << 20);
}
