// After a big free, malloc_trim(0) gives the memory back, and says so where it still was there.
#include <malloc.h>
#include <stdlib.h>

#include "preload_check.h"

namespace {
constexpr size_t kBlocks = 64 * 1024, kBlock = 1000;
void* blocks[kBlocks];
}  // namespace

int main() {
  const size_t before = ResidentBytes();
  for (void*& block : blocks) {
    block = malloc(kBlock);
    CHECK(block != nullptr);
    memset(block, 1, kBlock);
  }
  void* top = malloc(kBlock);  // keeps the heap's top in use: glibc's free does not shrink it by itself
  const size_t loaded = ResidentBytes();
  CHECK(loaded >= before + kBlocks * kBlock);
  for (void* block : blocks) free(block);
  const size_t freed = ResidentBytes();
  const int released = malloc_trim(0);
  const size_t trimmed = ResidentBytes();
  const size_t quarter = kBlocks * kBlock / 4;
  CHECK(released == 0 || released == 1);
  CHECK(trimmed < before + quarter);
  if (freed > before + quarter) CHECK_EQ(released, 1);
  free(top);
}
