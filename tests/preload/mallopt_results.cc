// mallopt: 1 for what is taken or unknown (glibc ignores unknown parameters), 0 for a value out of range.
#include <malloc.h>
#include <stdlib.h>

#include "preload_check.h"

int main() {
  CHECK_EQ(mallopt(M_TRIM_THRESHOLD, 256 << 10), 1);
  CHECK_EQ(mallopt(M_TOP_PAD, 64 << 10), 1);
  CHECK_EQ(mallopt(M_MMAP_THRESHOLD, 1 << 20), 1);
  CHECK_EQ(mallopt(M_MMAP_MAX, 1000), 1);
  CHECK_EQ(mallopt(M_ARENA_MAX, 2), 1);
  CHECK_EQ(mallopt(M_ARENA_TEST, 4), 1);
  CHECK_EQ(mallopt(M_PERTURB, 0), 1);
  CHECK_EQ(mallopt(M_MXFAST, 64), 1);
  CHECK_EQ(mallopt(M_MXFAST, 1 << 20), 0);
  CHECK_EQ(mallopt(12345, 1), 1);
  void* block = malloc(100);
  CHECK(block != nullptr);
  free(block);
}
