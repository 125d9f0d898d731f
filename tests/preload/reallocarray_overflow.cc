// reallocarray refuses a product beyond SIZE_MAX, keeps the block, and else behaves as realloc.
#include <stdlib.h>

#include "preload_check.h"

int main() {
  char* block = static_cast<char*>(reallocarray(nullptr, 10, 10));
  CHECK(block != nullptr);
  memset(block, 'a', 100);

  for (size_t count : {SIZE_MAX, SIZE_MAX / 8 + 1, size_t{1} << 61}) {
    errno = 0;
    CHECK(reallocarray(block, Opaque(count), Opaque(16)) == nullptr);
    CHECK_EQ(errno, ENOMEM);
    CHECK(block[0] == 'a' && block[99] == 'a');
  }

  block = static_cast<char*>(reallocarray(block, 100, 1000));
  CHECK(block != nullptr && block[0] == 'a' && block[99] == 'a');
  CHECK(reallocarray(block, Opaque(0), 8) == nullptr);
}
