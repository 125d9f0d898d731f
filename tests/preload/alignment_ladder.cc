// Aligned blocks of many sizes side by side: aligned, disjoint, resizable and freed in any order.
#include <malloc.h>
#include <stdlib.h>

#include "preload_check.h"

namespace {
constexpr int kBlocks = 24;

void CheckAlignment(size_t alignment) {
  char* blocks[kBlocks];
  for (int i = 0; i < kBlocks; ++i) {
    const size_t size = static_cast<size_t>(i * i * 37 + 1);
    blocks[i] = static_cast<char*>(memalign(alignment, size));
    CHECK(blocks[i] != nullptr && IsAligned(blocks[i], alignment));
    memset(blocks[i], i, size);
  }
  for (int i = 1; i < kBlocks; i += 2) {
    blocks[i] = static_cast<char*>(realloc(blocks[i], 50000));
    CHECK(blocks[i] != nullptr && blocks[i][0] == i && blocks[i][i * i * 37] == i);
  }
  for (int i = 0; i < kBlocks; i += 2) {
    CHECK(blocks[i][0] == i && blocks[i][i * i * 37] == i);
    free(blocks[i]);
  }
  for (int i = 1; i < kBlocks; i += 2) free(blocks[i]);
}
}  // namespace

int main() {
  for (size_t alignment = 8; alignment <= size_t{1} << 19; alignment *= 2) CheckAlignment(alignment);
}
