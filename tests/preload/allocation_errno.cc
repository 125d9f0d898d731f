// An allocation that succeeds leaves errno alone, whatever the allocator tried of the kernel in vain on its
// way.
#include <errno.h>
#include <malloc.h>
#include <stdlib.h>

#include "preload_check.h"

namespace {

constexpr int kMark = 4711;
constexpr size_t kMostBlocks = 3000;

void* Take(size_t round, size_t size) {
  switch (round % 4) {
    case 0:
      return malloc(size);
    case 1:
      return calloc(1, size);
    case 2:
      return memalign(size_t{16} << (round % 9), size);
    default:
      return realloc(malloc(size / 3 + 1), size);
  }
}

}  // namespace

int main() {
  static void* blocks[kMostBlocks];
  for (size_t most : {size_t{200}, size_t{4000}, size_t{60000}, size_t{400000}}) {
    for (size_t round = 0; round < kMostBlocks; ++round) {
      errno = kMark;
      blocks[round] = Take(round, 1 + round * 7919 % most);
      CHECK(blocks[round] != nullptr);
      CHECK_EQ(errno, kMark);
    }
    for (void* block : blocks) free(block);
  }
}
