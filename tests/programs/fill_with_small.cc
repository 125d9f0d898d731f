// Threads that allocate small blocks, and touch them, until each was told that there is no more; then what an
// error path needs: a few blocks more. Arguments: threads, bytes of a block.
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include <atomic>

#include "preload_check.h"

namespace {

constexpr int kMostThreads = 256;

size_t block_bytes = 0;
std::atomic<size_t> taken{0};

void* Fill(void*) {
  size_t mine = 0;
  void* last = nullptr;
  for (;;) {
    void* block = malloc(block_bytes);
    if (block == nullptr) break;
    memset(block, 1, block_bytes);
    memcpy(block, &last, sizeof last);
    last = block;
    mine += block_bytes;
  }
  CHECK_EQ(errno, ENOMEM);
  taken += mine;
  return last;
}

// One at a time: whatever processor it was freed on, a block that is free is there for who needs one.
void FreeAndTakeAgain(void* block) {
  cpu_set_t all;
  CHECK(sched_getaffinity(0, sizeof all, &all) == 0);
  int processor = 0;
  for (int round = 0; round < 1000; ++round) {
    void* next = nullptr;
    memcpy(&next, block, sizeof next);
    free(block);
    do processor = (processor + 1) % CPU_SETSIZE;
    while (!CPU_ISSET(processor, &all));
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(processor, &one);
    CHECK(sched_setaffinity(0, sizeof one, &one) == 0);
    void* again = malloc(block_bytes);
    CHECK(again != nullptr);
    memcpy(again, &next, sizeof next);
    block = again;
  }
}

}  // namespace

int main(int count, char** arguments) {
  CHECK(count == 3);
  const int threads = atoi(arguments[1]);
  CHECK(threads > 0 && threads <= kMostThreads);
  block_bytes = static_cast<size_t>(atol(arguments[2]));
  CHECK(block_bytes >= sizeof(void*));
  Watchdog(120);
  pthread_t ids[kMostThreads];
  for (int index = 0; index < threads; ++index) {
    CHECK(pthread_create(&ids[index], nullptr, Fill, nullptr) == 0);
  }
  void* last = nullptr;
  for (int index = 0; index < threads; ++index) {
    void* of_thread = nullptr;  // nullptr: the others had everything before this one began
    CHECK(pthread_join(ids[index], &of_thread) == 0);
    if (of_thread != nullptr) last = of_thread;
  }
  FreeAndTakeAgain(last);
  printf("%zu\n", taken.load());
}
