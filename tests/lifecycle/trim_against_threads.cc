// Releases one after the other, while threads allocate, free, hand blocks to each other, and end: every block
// keeps its content, and none is had twice.
#include <malloc.h>
#include <pthread.h>
#include <stdlib.h>

#include <atomic>

#include "preload_check.h"

namespace {
constexpr int kThreads = 12, kGenerations = 40, kRounds = 4000;
constexpr size_t kSlots = 128;
std::atomic<uint64_t*> slots[kSlots];
std::atomic<bool> done{false};

// A block begins with its size in words, and ends with its own address.
uint64_t* Make(size_t words) {
  uint64_t* block = static_cast<uint64_t*>(malloc(words * 8));
  CHECK(block != nullptr);
  block[0] = words;
  block[words - 1] = reinterpret_cast<uint64_t>(block);
  return block;
}

void Destroy(uint64_t* block) {
  if (block == nullptr) return;
  CHECK(block[0] >= 3 && block[0] <= 140);
  CHECK_EQ(block[block[0] - 1], reinterpret_cast<uint64_t>(block));
  block[block[0] - 1] = 0;
  free(block);
}

void* Work(void* seed) {
  uint64_t state = reinterpret_cast<uint64_t>(seed) * 2654435761 + 1;
  for (int round = 0; round < kRounds; ++round) {
    state = state * 6364136223846793005 + 1442695040888963407;
    uint64_t* own = Make(3 + (state >> 33) % 130);
    Destroy(slots[(state >> 50) % kSlots].exchange(own, std::memory_order_acq_rel));
    Destroy(Make(3 + (state >> 40) % 60));
  }
  return nullptr;
}

void* Trim(void*) {
  while (!done.load(std::memory_order_relaxed)) malloc_trim(0);
  return nullptr;
}
}  // namespace

int main() {
  Watchdog(50);
  pthread_t trimmer;
  CHECK_EQ(pthread_create(&trimmer, nullptr, Trim, nullptr), 0);
  for (uint64_t generation = 0; generation < kGenerations; ++generation) {
    pthread_t threads[kThreads];
    for (uint64_t i = 0; i < kThreads; ++i) {
      void* seed = reinterpret_cast<void*>(generation * kThreads + i);
      CHECK_EQ(pthread_create(&threads[i], nullptr, Work, seed), 0);
    }
    for (pthread_t thread : threads) CHECK_EQ(pthread_join(thread, nullptr), 0);
  }
  done.store(true, std::memory_order_relaxed);
  CHECK_EQ(pthread_join(trimmer, nullptr), 0);
  for (auto& slot : slots) Destroy(slot.exchange(nullptr));
}
