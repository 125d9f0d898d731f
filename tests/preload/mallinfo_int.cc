// mallinfo is mallinfo2 in ints: the same figures while they fit.
#include <malloc.h>
#include <stdlib.h>

#include "preload_check.h"

// Deprecated by glibc in favour of mallinfo2; programs still call it.
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

int main() {
  void* blocks[1000];
  for (void*& block : blocks) block = malloc(3000);
  const struct mallinfo2 wide = mallinfo2();
  const struct mallinfo narrow = mallinfo();
  CHECK_EQ(static_cast<size_t>(narrow.arena), wide.arena);
  CHECK_EQ(static_cast<size_t>(narrow.hblkhd), wide.hblkhd);
  CHECK_EQ(static_cast<size_t>(narrow.uordblks), wide.uordblks);
  CHECK_EQ(static_cast<size_t>(narrow.fordblks), wide.fordblks);
  for (void* block : blocks) free(block);
}
