// Random calls of the whole surface against a model of what each block holds. Argument: a seed.
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>

#include "preload_check.h"
#include "random.h"

namespace {
constexpr size_t kSlots = 700;
constexpr int kSteps = 120000;

struct Slot {
  unsigned char* block;
  size_t size;
  unsigned char mark;
};
Slot slots[kSlots];

// Checks the ends and a stride between: enough to catch an overlap, cheap enough for large blocks.
void Verify(const Slot& slot, size_t size) {
  const size_t stride = size > 4096 ? 509 : 1;
  for (size_t i = 0; i < size; i += stride) CHECK_EQ(slot.block[i], slot.mark);
  if (size) CHECK_EQ(slot.block[size - 1], slot.mark);
}

void* Allocate(Random& random, size_t size) {
  void* block = nullptr;
  const size_t alignment = size_t{8} << random.Below(10);
  switch (random.Below(8)) {
    case 0:
      block = calloc(1, size);
      break;
    case 1:
      block = memalign(alignment, size);
      break;
    case 2:
      block = aligned_alloc(alignment, size);
      break;
    case 3:
      CHECK_EQ(posix_memalign(&block, alignment, size), 0);
      break;
    case 4:
      block = reallocarray(nullptr, size, 1);
      break;
    case 5:
      block = ::operator new(size);
      break;
    default:
      block = malloc(size);
      break;
  }
  CHECK(block != nullptr);
  CHECK(malloc_usable_size(block) >= size);
  return block;
}

void Fill(Random& random, Slot& slot, size_t size) {
  slot.size = size;
  slot.mark = static_cast<unsigned char>(random.Next());
  memset(slot.block, slot.mark, size);
}

void Step(Random& random) {
  Slot& slot = slots[random.Below(kSlots)];
  const size_t size = random.Size(random.Below(50) ? 12 : 21);
  if (!slot.block) {
    slot.block = static_cast<unsigned char*>(Allocate(random, size));
    Fill(random, slot, size);
  } else if (random.Below(3) == 0 && size) {
    slot.block = static_cast<unsigned char*>(realloc(slot.block, size));
    CHECK(slot.block != nullptr);
    Verify(slot, size < slot.size ? size : slot.size);
    Fill(random, slot, size);
  } else {
    Verify(slot, slot.size);
    free(slot.block);
    slot.block = nullptr;
  }
  if (random.Below(5000) == 0) malloc_trim(0);
}
}  // namespace

int main(int count, char** arguments) {
  Watchdog(50);
  const uint64_t first = count > 1 ? strtoull(arguments[1], nullptr, 10) : 1;
  for (uint64_t seed = first; seed < first + 3; ++seed) {
    Random random(seed);
    for (int i = 0; i < kSteps; ++i) Step(random);
  }
  for (Slot& slot : slots) {
    if (slot.block) Verify(slot, slot.size);
    free(slot.block);
  }
}
