// mallinfo is mallinfo2 in ints: the same figures while they fit, and while nobody changes them: the governor
// may.
#include <malloc.h>
#include <stdlib.h>

#include "preload_check.h"

// Deprecated by glibc in favour of mallinfo2; programs still call it.
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

namespace {

bool Same(const struct mallinfo2& a, const struct mallinfo2& b) {
  return a.arena == b.arena && a.hblkhd == b.hblkhd && a.uordblks == b.uordblks && a.fordblks == b.fordblks;
}

}  // namespace

int main() {
  void* blocks[1000];
  for (void*& block : blocks) block = malloc(3000);
  struct mallinfo2 wide = mallinfo2();
  struct mallinfo narrow = mallinfo();
  for (int attempt = 0; attempt < 1000 && !Same(wide, mallinfo2()); ++attempt) {
    wide = mallinfo2();
    narrow = mallinfo();
  }
  CHECK_EQ(static_cast<size_t>(narrow.arena), wide.arena);
  CHECK_EQ(static_cast<size_t>(narrow.hblkhd), wide.hblkhd);
  CHECK_EQ(static_cast<size_t>(narrow.uordblks), wide.uordblks);
  CHECK_EQ(static_cast<size_t>(narrow.fordblks), wide.fordblks);
  for (void* block : blocks) free(block);
}
