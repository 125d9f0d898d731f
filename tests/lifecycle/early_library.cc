// Allocates in its constructor and frees in its destructor; loaded before, after and beside the object.
#include <stdlib.h>

#include "preload_check.h"

namespace {
char* block;

__attribute__((constructor)) void Start() {
  block = static_cast<char*>(malloc(1000));
  CHECK(block != nullptr);
  memset(block, 'e', 1000);
  for (size_t size = 1; size < 1 << 20; size *= 2) free(realloc(calloc(1, size), size * 2));
}

__attribute__((destructor)) void Stop() {
  CHECK(block[0] == 'e' && block[999] == 'e');
  block = static_cast<char*>(realloc(block, 100000));
  CHECK(block != nullptr && block[999] == 'e');
  free(block);
  free(malloc(5000));
}
}  // namespace

extern "C" char* EarlyBlock() { return block; }
