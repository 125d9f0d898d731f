// Alignments from 1 MiB to 2^62: an aligned block or ENOMEM, never a misaligned one and never a crash.
#include <malloc.h>
#include <stdlib.h>

#include "preload_check.h"

namespace {
bool TryAlignment(size_t alignment, size_t size) {
  errno = 0;
  char* block = static_cast<char*>(memalign(Opaque(alignment), size));
  if (!block) {
    CHECK_EQ(errno, ENOMEM);
    return false;
  }
  CHECK(IsAligned(block, alignment));
  block[0] = 1;
  block[size - 1] = 1;
  CHECK(malloc_usable_size(block) >= size);
  free(block);
  return true;
}
}  // namespace

int main() {
  for (unsigned shift = 20; shift <= 62; ++shift) {
    for (size_t size : {size_t{1}, size_t{4096}, size_t{300000}, size_t{3} << 20}) {
      const bool made = TryAlignment(size_t{1} << shift, size);
      CHECK(made || shift > 26);
      CHECK(!made || shift < 48);
    }
    CHECK(aligned_alloc(size_t{1} << shift, Opaque(SIZE_MAX / 2)) == nullptr);
  }
}
