// Threads that allocate small blocks, and touch them, until each was told that there is no more; then what an
// error path needs: a few blocks more. Arguments: threads, bytes of a block.
#include <pthread.h>
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
  for (int index = 0; index < threads; ++index) CHECK(pthread_join(ids[index], &last) == 0);
  void* first = nullptr;
  memcpy(&first, last, sizeof first);
  free(last);
  void* again = malloc(block_bytes);
  CHECK(again != nullptr);
  printf("%zu\n", taken.load());
}
