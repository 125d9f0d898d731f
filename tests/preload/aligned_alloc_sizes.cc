// aligned_alloc takes sizes that are no multiple of the alignment. An alignment that is no power of two is
// rounded up (glibc before 2.38) or EINVAL (later): never a block that is aligned less.
#include <stdlib.h>

#include "preload_check.h"

int main() {
  for (size_t alignment = 1; alignment <= 1 << 16; alignment *= 2) {
    for (size_t size : {0, 1, 7, 100, 4097, 200000}) {
      void* block = aligned_alloc(Opaque(alignment), size);
      CHECK(block != nullptr && IsAligned(block, alignment));
      memset(block, 7, size);
      free(block);
    }
  }
  for (size_t alignment : {3, 24, 100, 5000}) {
    errno = 0;
    void* block = aligned_alloc(Opaque(alignment), 100);
    if (!block) CHECK_EQ(errno, EINVAL);
    size_t rounded = 1;
    while (rounded < alignment) rounded *= 2;
    CHECK(IsAligned(block, rounded));
    free(block);
  }
}
