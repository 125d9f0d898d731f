// posix_memalign reports by value: EINVAL with errno and the caller's pointer untouched, ENOMEM likewise.
#include <stdlib.h>

#include "preload_check.h"

int main() {
  int mark;
  for (size_t alignment : {0, 1, 2, 3, 4, 7, 9, 12, 24, 40, 100, 4097}) {
    void* block = &mark;
    errno = E2BIG;
    CHECK_EQ(posix_memalign(&block, Opaque(alignment), 64), EINVAL);
    CHECK_EQ(errno, E2BIG);
    CHECK(block == &mark);
  }
  for (size_t alignment = sizeof(void*); alignment <= 65536; alignment *= 2) {
    void* block = &mark;
    CHECK_EQ(posix_memalign(&block, alignment, Opaque(SIZE_MAX - 100)), ENOMEM);
    CHECK(block == &mark);
    CHECK_EQ(posix_memalign(&block, alignment, 100), 0);
    CHECK(block != nullptr && block != &mark && IsAligned(block, alignment));
    free(block);
    CHECK_EQ(posix_memalign(&block, alignment, Opaque(0)), 0);
    free(block);
  }
}
