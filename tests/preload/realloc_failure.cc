// A realloc that cannot be done leaves the old block as it was.
#include <stdlib.h>

#include "preload_check.h"

int main() {
  for (size_t size : {size_t{24}, size_t{5000}, size_t{300000}, size_t{8} << 20}) {
    char* block = static_cast<char*>(malloc(size));
    CHECK(block != nullptr);
    memset(block, 'k', size);
    for (size_t absurd : {SIZE_MAX, size_t{PTRDIFF_MAX}, SIZE_MAX - 4096, SIZE_MAX / 2 + 1}) {
      errno = 0;
      CHECK(realloc(block, Opaque(absurd)) == nullptr);
      CHECK_EQ(errno, ENOMEM);
      for (size_t i = 0; i < size; ++i) CHECK_EQ(block[i], 'k');
    }
    block = static_cast<char*>(realloc(block, size + 10));
    CHECK(block != nullptr && block[size - 1] == 'k');
    free(block);
  }
}
