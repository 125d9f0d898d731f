// Every block is aligned for max_align_t (16 bytes), the small ones too: compilers rely on it.
#include <stdlib.h>

#include "preload_check.h"

namespace {
void CheckSize(size_t size) {
  void* made = malloc(size);
  void* cleared = calloc(1, size);
  void* grown = realloc(malloc(1), size);
  CHECK(made && cleared && grown);
  CHECK(IsAligned(made, 16) && IsAligned(cleared, 16) && IsAligned(grown, 16));
  free(made);
  free(cleared);
  free(grown);
}
}  // namespace

int main() {
  for (size_t size = 1; size <= 4200; ++size) CheckSize(size);
  for (size_t size = 8192; size <= size_t{64} << 20; size = size * 3 / 2 + 1) CheckSize(size);
}
