// Short threads that leave their blocks to others: nothing is lost, and the RSS does not grow with the number
// of threads that have existed. Argument: threads.
#include "stress/exchange.h"

namespace {
std::atomic<uint64_t> next_seed{1};

void* Short(void*) {
  Random random(next_seed++);
  MarkedBlock* own[20] = {};
  for (int i = 0; i < 60; ++i) {
    MarkedBlock*& block = own[random.Below(20)];
    FreeMarked(block);
    block = NewMarked(random, 11);
    if (random.Below(4) == 0) block = Swap(random, block);
  }
  for (MarkedBlock* block : own) FreeMarked(block);
  return nullptr;
}

void RunThreads(uint64_t threads) {
  constexpr int kAtOnce = 10;
  for (uint64_t done = 0; done < threads; done += kAtOnce) {
    Watchdog(30);
    pthread_t handles[kAtOnce];
    for (pthread_t& handle : handles) CHECK_EQ(pthread_create(&handle, nullptr, Short, nullptr), 0);
    for (pthread_t handle : handles) CHECK_EQ(pthread_join(handle, nullptr), 0);
  }
}
}  // namespace

int main(int count, char** arguments) {
  const uint64_t threads = Argument(count, arguments, 20000);
  RunThreads(threads / 4);
  const size_t after_quarter = ResidentBytes();
  RunThreads(threads - threads / 4);
  CHECK(ResidentBytes() < after_quarter * 3 / 2 + (size_t{24} << 20));
  ClearExchange();
}
