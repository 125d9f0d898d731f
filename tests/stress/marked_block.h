// marked_block.h: blocks that carry their size and a mark, so that whoever frees one can tell whether it is
// whole.
//
// Safety: any thread; one block belongs to one thread at a time.
// Assumptions: sizes of at least sizeof(MarkedBlock).
#ifndef MEMGOV_TESTS_STRESS_MARKED_BLOCK_H_
#define MEMGOV_TESTS_STRESS_MARKED_BLOCK_H_

#include <malloc.h>
#include <stdlib.h>

#include "preload_check.h"
#include "random.h"

struct MarkedBlock {
  size_t size;
  uint64_t mark;

  uint64_t Expected() const { return (size * 0x9E3779B97F4A7C15u) ^ reinterpret_cast<uintptr_t>(this); }

  // First and last word, and one word per 1,000 bytes between.
  void Mark() {
    mark = Expected();
    unsigned char* bytes = reinterpret_cast<unsigned char*>(this);
    for (size_t at = sizeof *this; at < size; at += 1000) bytes[at] = static_cast<unsigned char>(mark);
    if (size > sizeof *this) bytes[size - 1] = static_cast<unsigned char>(mark);
  }

  void Verify() const {
    CHECK(size >= sizeof *this && size <= size_t{1} << 30);
    CHECK(mark == Expected());
    const unsigned char* bytes = reinterpret_cast<const unsigned char*>(this);
    for (size_t at = sizeof *this; at < size; at += 1000)
      CHECK_EQ(bytes[at], static_cast<unsigned char>(mark));
    if (size > sizeof *this) CHECK_EQ(bytes[size - 1], static_cast<unsigned char>(mark));
  }
};

// Mostly up to 2^max_log2 bytes; now and then up to a megabyte; through malloc, calloc or memalign.
inline MarkedBlock* NewMarked(Random& random, unsigned max_log2) {
  const size_t size = sizeof(MarkedBlock) + random.Size(random.Below(500) ? max_log2 : 20);
  void* block = nullptr;
  switch (random.Below(8)) {
    case 0:
      block = calloc(1, size);
      break;
    case 1:
      block = memalign(64, size);
      break;
    default:
      block = malloc(size);
      break;
  }
  CHECK(block != nullptr);
  MarkedBlock* marked = static_cast<MarkedBlock*>(block);
  marked->size = size;
  marked->Mark();
  return marked;
}

inline void FreeMarked(MarkedBlock* block) {
  if (!block) return;
  block->Verify();
  free(block);
}

inline uint64_t Argument(int count, char** arguments, uint64_t otherwise) {
  return count > 1 ? strtoull(arguments[1], nullptr, 10) : otherwise;
}

#endif  // MEMGOV_TESTS_STRESS_MARKED_BLOCK_H_
