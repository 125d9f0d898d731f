// malloc_usable_size: 0 for NULL, at least what was asked for, and all of it writable without harm to
// neighbours.
#include <malloc.h>
#include <stdlib.h>

#include "preload_check.h"

namespace {
void CheckPair(size_t size) {
  unsigned char* first = static_cast<unsigned char*>(malloc(size));
  unsigned char* second = static_cast<unsigned char*>(malloc(size));
  CHECK(first && second);
  const size_t first_usable = malloc_usable_size(first), second_usable = malloc_usable_size(second);
  CHECK(first_usable >= size && second_usable >= size);
  memset(first, 0x11, first_usable);
  memset(second, 0x22, second_usable);
  for (size_t i = 0; i < first_usable; ++i) CHECK_EQ(first[i], 0x11);
  for (size_t i = 0; i < second_usable; ++i) CHECK_EQ(second[i], 0x22);
  free(first);
  free(second);
}
}  // namespace

int main() {
  CHECK_EQ(malloc_usable_size(nullptr), 0);
  for (size_t size = 0; size <= 1100; ++size) CheckPair(size);
  for (size_t size = 2000; size <= size_t{3} << 20; size = size * 5 / 3) CheckPair(size);
}
