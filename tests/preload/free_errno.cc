// free keeps errno (glibc since 2.33; POSIX since 2024), whatever path it takes.
#include <malloc.h>
#include <stdlib.h>

#include "preload_check.h"

int main() {
  for (int round = 0; round < 20; ++round) {
    for (size_t size = 1; size <= size_t{64} << 20; size = size * 4 + 3) {
      void* plain = malloc(size);
      void* aligned = memalign(4096, size);
      CHECK(plain && aligned);
      errno = EXDEV;
      free(plain);
      CHECK_EQ(errno, EXDEV);
      free(aligned);
      CHECK_EQ(errno, EXDEV);
    }
  }
}
