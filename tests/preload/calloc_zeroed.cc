// calloc clears blocks that were used before, of every size and up to the last usable byte asked for.
#include <stdlib.h>

#include "preload_check.h"

namespace {
constexpr int kBlocks = 8;

void DirtyThenClear(size_t size) {
  void* dirty[kBlocks];
  for (void*& block : dirty) {
    block = malloc(size);
    CHECK(block != nullptr);
    memset(block, 0xA5, size);
  }
  for (void* block : dirty) free(block);
  unsigned char* cleared[kBlocks];
  for (unsigned char*& block : cleared) {
    block = static_cast<unsigned char*>(calloc(Opaque(size), 1));
    CHECK(block != nullptr);
    for (size_t i = 0; i < size; ++i) CHECK_EQ(block[i], 0);
  }
  for (unsigned char* block : cleared) free(block);
}
}  // namespace

int main() {
  for (size_t size = 1; size <= 2100; size += size < 300 ? 1 : 37) DirtyThenClear(size);
  for (size_t size = 4000; size <= size_t{4} << 20; size = size * 2 + 77) DirtyThenClear(size);
}
