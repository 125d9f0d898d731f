// memalign rounds an alignment that is no power of two up to the next one; 0 and 1 give an ordinary block;
// more than half the address space is EINVAL.
#include <malloc.h>
#include <stdlib.h>

#include "preload_check.h"

namespace {
size_t RoundUpToPowerOfTwo(size_t value) {
  size_t power = 1;
  while (power < value) power *= 2;
  return power;
}
}  // namespace

int main() {
  for (size_t alignment : {0, 1, 2, 3, 5, 8, 12, 17, 24, 33, 48, 100, 1000, 3000, 5000, 65537}) {
    for (size_t size : {0, 1, 24, 1000, 70000}) {
      void* block = memalign(Opaque(alignment), size);
      CHECK(block != nullptr);
      CHECK(IsAligned(block, 16) || alignment <= 8);
      CHECK(IsAligned(block, RoundUpToPowerOfTwo(alignment)));
      memset(block, 1, size);
      free(block);
    }
  }
  errno = 0;
  CHECK(memalign(Opaque(SIZE_MAX / 2 + 2), 8) == nullptr);
  CHECK_EQ(errno, EINVAL);
}
