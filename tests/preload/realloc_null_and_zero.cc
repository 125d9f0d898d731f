// realloc(NULL, n) is malloc(n); realloc(p, 0) frees p and returns NULL (glibc's choice of the two).
#include <stdlib.h>

#include "preload_check.h"

int main() {
  char* block = static_cast<char*>(realloc(nullptr, 100));
  CHECK(block != nullptr);
  memset(block, 'x', 100);
  CHECK(realloc(block, Opaque(0)) == nullptr);

  void* empty = realloc(nullptr, Opaque(0));
  CHECK(empty != nullptr);
  free(empty);

  // 64 GiB in all: only a realloc that really frees gets through this within the machine's memory.
  for (int i = 0; i < 4096; ++i) {
    char* large = static_cast<char*>(malloc(16 << 20));
    CHECK(large != nullptr);
    large[0] = large[8 << 20] = 'x';
    CHECK(realloc(large, Opaque(0)) == nullptr);
  }
  CHECK(ResidentBytes() < size_t{512} << 20);
}
