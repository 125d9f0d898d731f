// A product beyond SIZE_MAX must not become a small block.
#include <stdlib.h>

#include "preload_check.h"

namespace {
void CheckOverflow(size_t count, size_t size) {
  errno = 0;
  CHECK(calloc(Opaque(count), Opaque(size)) == nullptr);
  CHECK_EQ(errno, ENOMEM);
}
}  // namespace

int main() {
  const size_t root = size_t{1} << 32;
  CheckOverflow(root, root);
  CheckOverflow(root + 1, root);
  CheckOverflow(SIZE_MAX, 2);
  CheckOverflow(2, SIZE_MAX);
  CheckOverflow(SIZE_MAX / 16 + 1, 16);
  CheckOverflow(SIZE_MAX / 3, 4);
  CheckOverflow(SIZE_MAX, SIZE_MAX);

  void* nothing = calloc(Opaque(0), Opaque(SIZE_MAX));
  CHECK(nothing != nullptr);
  free(nothing);
}
