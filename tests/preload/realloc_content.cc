// Growing and shrinking keeps the common part, over a ladder of sizes in every pairing.
#include <stdlib.h>

#include "preload_check.h"

namespace {
const size_t kLadder[] = {
    1,       15,     16,   17,    64,    100,   127,    128,    129,    500,      1024,
    4000,    4096,   5000, 16000, 32768, 40000, 100000, 131072, 140000, 1u << 20, (1u << 20) + 5,
    5000000, 9000001};

unsigned char Mark(size_t i) { return static_cast<unsigned char>(i * 7 + (i >> 8) + 1); }

void Resize(size_t from, size_t to) {
  unsigned char* block = static_cast<unsigned char*>(malloc(from));
  CHECK(block != nullptr);
  for (size_t i = 0; i < from; ++i) block[i] = Mark(i);
  block = static_cast<unsigned char*>(realloc(block, to));
  CHECK(block != nullptr && IsAligned(block, 16));
  const size_t common = from < to ? from : to;
  for (size_t i = 0; i < common; ++i) CHECK_EQ(block[i], Mark(i));
  memset(block, 0x5A, to);
  free(block);
}
}  // namespace

int main() {
  for (size_t from : kLadder)
    for (size_t to : kLadder) Resize(from, to);
}
