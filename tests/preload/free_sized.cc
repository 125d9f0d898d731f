// C23's free_sized and free_aligned_sized take blocks of malloc, calloc, realloc and aligned_alloc.
#include <dlfcn.h>
#include <stdlib.h>

#include "preload_check.h"

int main() {
  const auto free_sized = reinterpret_cast<void (*)(void*, size_t)>(dlsym(RTLD_DEFAULT, "free_sized"));
  const auto free_aligned_sized =
      reinterpret_cast<void (*)(void*, size_t, size_t)>(dlsym(RTLD_DEFAULT, "free_aligned_sized"));
  CHECK(free_sized && free_aligned_sized);
  free_sized(nullptr, 0);
  free_aligned_sized(nullptr, 64, 0);
  for (int round = 0; round < 200; ++round) {
    for (size_t size = 1; size <= 2 << 20; size = size * 3 + 1) {
      errno = EXDEV;
      free_sized(malloc(size), size);
      free_sized(calloc(1, size), size);
      free_sized(realloc(malloc(5), size), size);
      free_aligned_sized(aligned_alloc(64, size), 64, size);
      free_aligned_sized(aligned_alloc(8192, size), 8192, size);
      CHECK_EQ(errno, EXDEV);
    }
  }
  CHECK(ResidentBytes() < size_t{128} << 20);
}
