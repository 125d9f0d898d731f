// keepcost is what malloc_trim(0) will take off the RSS, at least: an operator may count on it.
#include <malloc.h>
#include <stdlib.h>

#include "preload_check.h"

namespace {
constexpr size_t kBlocks = 20000, kBlock = 4000, kTolerance = 2 << 20;
void* blocks[kBlocks];
}  // namespace

int main() {
  mallopt(M_TRIM_THRESHOLD, 1 << 30);  // glibc's free would give the top back at once
  for (void*& block : blocks) {
    block = malloc(kBlock);
    CHECK(block != nullptr);
    memset(block, 1, kBlock);
  }
  for (void* block : blocks) free(block);
  const size_t before = ResidentBytes();
  const size_t promised = mallinfo2().keepcost;
  CHECK(promised <= before);
  malloc_trim(0);
  const size_t after = ResidentBytes();
  CHECK(after + promised <= before + kTolerance);
}
