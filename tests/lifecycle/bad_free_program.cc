// What bad_free starts: one wrong free, by name, and then life as before. Argument: which.
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>

#include "preload_check.h"

namespace {
constexpr int kOthers = 1000;
char* others[kOthers];

char* New(size_t size) {
  char* block = static_cast<char*>(malloc(Opaque(size)));
  CHECK(block != nullptr);
  memset(block, 1, size);
  return block;
}

// Not a sample: those have pages of their own.
char* NewInSlab(size_t size) {
  char* block = New(size);
  while ((reinterpret_cast<uintptr_t>(block) & 4095) == 0) block = New(size);
  return block;
}

// The pointer that will be wrong, for the driver to look for in the message. Said before anything is freed:
// stdout's own buffer must not come to lie there.
char* Announce(char* block) {
  printf("%p\n", static_cast<void*>(block));
  fflush(stdout);
  return block;
}

void FreeTwice(size_t size) {
  char* neighbour = New(size);  // keeps their slab
  char* block = Announce(size < 4096 ? NewInSlab(size) : New(size));
  free(block);
  free(Escape(block));
  free(neighbour);
}

// The second free shows when the blocks go back to their slab: at the latest when the caches are emptied.
void FreeTwiceAmongOthers() {
  char* block = Announce(NewInSlab(64));
  for (char*& other : others) other = New(64);
  free(block);
  free(Escape(block));
  for (char* other : others) free(other);
  malloc_trim(0);
}

void FreeWrongly(char* block) { free(Escape(Announce(block))); }

// A realloc that is sampled makes a copy before it looks.
void ResizeInside() {
  char* inside = Announce(NewInSlab(1000) + 16);
  CHECK(realloc(Escape(inside), Opaque(2000)) != inside);
}

// Most of the 256 MiB in which a first block lies are still nobody's.
char* Wild() { return reinterpret_cast<char*>((reinterpret_cast<uintptr_t>(New(100)) | 0xfffffff) - 0xffff); }

bool Run(const char* which) {
  const struct {
    const char* name;
    void (*run)();
  } cases[] = {{"double_at_once", [] { FreeTwice(64); }},
               {"double_later", FreeTwiceAmongOthers},
               {"double_large", [] { FreeTwice(100000); }},
               {"interior_small", [] { FreeWrongly(New(1000) + 16); }},
               {"interior_odd", [] { FreeWrongly(New(64) + 1); }},
               {"interior_large", [] { FreeWrongly(New(1 << 20) + 8192); }},
               {"interior_mapped", [] { FreeWrongly(New(40 << 20) + (1 << 20)); }},
               {"interior_resized", ResizeInside},
               {"wild", [] { FreeWrongly(Wild()); }}};
  for (const auto& each : cases) {
    if (strcmp(each.name, which) != 0) continue;
    each.run();
    return true;
  }
  return false;
}

// No block twice, none lost.
void LiveOn() {
  for (int round = 0; round < 20; ++round) {
    for (int index = 0; index < kOthers; ++index) {
      const size_t size = static_cast<size_t>(16 + index);
      others[index] = New(size);
      memset(others[index], index & 255, size);
    }
    for (int index = 0; index < kOthers; ++index) {
      for (int at = 0; at < 16 + index; ++at) CHECK_EQ(others[index][at], static_cast<char>(index & 255));
      free(others[index]);
    }
  }
}
}  // namespace

int main(int, char** arguments) {
  CHECK(Run(arguments[1]));
  LiveOn();
  puts("went on");
}
