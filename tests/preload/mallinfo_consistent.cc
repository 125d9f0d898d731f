// mallinfo2: in use plus free is what the arenas took, and what is allocated shows up in uordblks or hblkhd.
// An engine may sample what is in use: 200 MB have a standard error of 10 MB, and the bounds are 50 MB away.
#include <malloc.h>
#include <stdlib.h>

#include "preload_check.h"

namespace {
void CheckSum() {
  const struct mallinfo2 info = mallinfo2();
  CHECK_EQ(info.uordblks + info.fordblks, info.arena);
  CHECK(info.keepcost <= info.fordblks);
}

size_t InUse() {
  const struct mallinfo2 info = mallinfo2();
  return info.uordblks + info.hblkhd;
}
}  // namespace

int main() {
  constexpr size_t kSmall = 100, kBlocks = 2000000, kLarge = 32 << 20;
  static void* blocks[kBlocks];
  CheckSum();
  const size_t at_start = InUse();
  for (void*& block : blocks) block = malloc(kSmall);
  CheckSum();
  const size_t loaded = InUse();
  CHECK(loaded >= at_start + kBlocks * kSmall * 3 / 4);
  CHECK(loaded <= at_start + kBlocks * kSmall * 2);
  void* large = malloc(kLarge);
  CheckSum();
  CHECK(InUse() >= loaded + kLarge * 3 / 4);
  free(large);
  for (void* block : blocks) free(block);
  CheckSum();
  CHECK(InUse() <= at_start + kBlocks * kSmall / 2);
}
