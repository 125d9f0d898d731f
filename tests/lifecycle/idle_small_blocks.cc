// What parked threads keep for themselves goes back, too: 100 threads allocate small blocks of many sizes in
// turn, so that each page has blocks of many of them, free all, and sleep.
#include <pthread.h>
#include <stdlib.h>

#include "preload_check.h"

namespace {
constexpr int kThreads = 100, kRounds = 40;
constexpr size_t kSmallest = 24, kStep = 16, kSizes = 60;
constexpr size_t kRoundBytes = kSizes * (kSmallest + kStep * kSizes / 2);
pthread_barrier_t turn;

void* Burst(void*) {
  static thread_local void* blocks[kRounds][kSizes];
  for (auto& round : blocks) {
    pthread_barrier_wait(&turn);
    for (size_t index = 0; index < kSizes; ++index) {
      const size_t size = kSmallest + kStep * index;
      round[index] = malloc(size);
      CHECK(round[index] != nullptr);
      memset(round[index], 1, size);
    }
  }
  pthread_barrier_wait(&turn);
  for (auto& round : blocks) {
    for (void* block : round) free(block);
  }
  pthread_barrier_wait(&turn);
  pause();
  return nullptr;
}
}  // namespace

int main() {
  Watchdog(50);
  CHECK_EQ(pthread_barrier_init(&turn, nullptr, kThreads + 1), 0);
  const size_t before = ResidentBytes();
  constexpr size_t kBurst = kThreads * kRounds * kRoundBytes;
  for (int i = 0; i < kThreads; ++i) {
    pthread_t thread;
    CHECK_EQ(pthread_create(&thread, nullptr, Burst, nullptr), 0);
  }
  for (int i = 0; i < kRounds + 1; ++i) pthread_barrier_wait(&turn);
  const size_t loaded = ResidentBytes();
  CHECK(loaded > before + kBurst * 9 / 10);
  pthread_barrier_wait(&turn);
  const size_t most = before + (loaded - before) / 6;
  for (int i = 0; i < 200; ++i) {
    if (ResidentBytes() < most) _exit(0);
    usleep(100000);
  }
  SayNumber(static_cast<long>(ResidentBytes() >> 10));
  Say(" KiB are left\n");
  CHECK_EQ(ResidentBytes(), most);
}
