// malloc(0): a block of its own each time, never NULL.
#include <stdlib.h>

#include "preload_check.h"

int main() {
  void* blocks[64];
  for (void*& block : blocks) {
    block = malloc(Opaque(0));
    CHECK(block != nullptr);
  }
  for (int i = 0; i < 64; ++i)
    for (int k = 0; k < i; ++k) CHECK(blocks[i] != blocks[k]);
  for (void* block : blocks) free(block);
}
