// Eight threads resize each other's blocks: the content up to the smaller size survives every move. Argument:
// steps per thread.
#include "stress/exchange.h"

namespace {
constexpr int kThreads = 8;
uint64_t steps;
std::atomic<uint64_t> next_seed{1};

MarkedBlock* Resized(Random& random, MarkedBlock* block) {
  block->Verify();
  const size_t old_size = block->size, size = sizeof(MarkedBlock) + random.Size(random.Below(200) ? 13 : 19);
  const unsigned char filler = static_cast<unsigned char>(block->mark);
  block = static_cast<MarkedBlock*>(realloc(block, size));
  CHECK(block != nullptr && block->size == old_size);
  const unsigned char* bytes = reinterpret_cast<unsigned char*>(block);
  for (size_t at = sizeof *block; at < old_size && at < size; at += 1000) CHECK_EQ(bytes[at], filler);
  block->size = size;
  block->Mark();
  return block;
}

void* Work(void*) {
  Random random(next_seed++);
  MarkedBlock* block = NewMarked(random, 10);
  for (uint64_t i = 0; i < steps; ++i) {
    block = Swap(random, block);
    if (!block) block = NewMarked(random, 10);
    block = Resized(random, block);
  }
  FreeMarked(block);
  return nullptr;
}
}  // namespace

int main(int count, char** arguments) {
  steps = Argument(count, arguments, 400000);
  Watchdog(static_cast<unsigned>(100 + steps / 20000));
  pthread_t threads[kThreads];
  for (pthread_t& thread : threads) CHECK_EQ(pthread_create(&thread, nullptr, Work, nullptr), 0);
  for (pthread_t thread : threads) CHECK_EQ(pthread_join(thread, nullptr), 0);
  ClearExchange();
}
