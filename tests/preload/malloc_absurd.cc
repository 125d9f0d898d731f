// Sizes nobody can have: NULL and ENOMEM from every function, and the allocator goes on.
#include <malloc.h>
#include <stdlib.h>

#include "preload_check.h"

namespace {
void CheckRefused(void* block) {
  CHECK(block == nullptr);
  CHECK_EQ(errno, ENOMEM);
  errno = 0;
}

void CheckSize(size_t size) {
  errno = 0;
  CheckRefused(malloc(Opaque(size)));
  CheckRefused(calloc(1, Opaque(size)));
  CheckRefused(calloc(Opaque(size), 1));
  CheckRefused(realloc(nullptr, Opaque(size)));
  CheckRefused(reallocarray(nullptr, 1, Opaque(size)));
  CheckRefused(memalign(64, Opaque(size)));
  CheckRefused(memalign(1 << 20, Opaque(size)));
  CheckRefused(aligned_alloc(64, Opaque(size)));
  CheckRefused(valloc(Opaque(size)));
  CheckRefused(pvalloc(Opaque(size)));
  void* block = &block;
  CHECK_EQ(posix_memalign(&block, 64, Opaque(size)), ENOMEM);
}
}  // namespace

int main() {
  for (size_t below = 0; below <= 70000; below = below * 2 + 1) {
    CheckSize(SIZE_MAX - below);
    CheckSize(size_t{PTRDIFF_MAX} - below);
    CheckSize(size_t{PTRDIFF_MAX} + 1 + below);
  }
  void* block = malloc(100);
  CHECK(block != nullptr);
  free(block);
}
