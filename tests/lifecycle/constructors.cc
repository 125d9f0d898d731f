// malloc works from the first constructor of a process on (.preinit_array, libraries, .init_array), and
// blocks from before main are good after it.
#include <stdlib.h>

#include "preload_check.h"

extern "C" char* EarlyBlock();

namespace {
char *from_preinit, *from_constructor;

char* Filled(char mark) {
  char* block = static_cast<char*>(malloc(3000));
  CHECK(block != nullptr);
  memset(block, mark, 3000);
  return block;
}

void BeforeLibraries(int, char**, char**) { from_preinit = Filled('p'); }

__attribute__((section(".preinit_array"), used)) void (*preinit)(int, char**, char**) = BeforeLibraries;

__attribute__((constructor)) void BeforeMain() { from_constructor = Filled('c'); }

__attribute__((destructor)) void AfterMain() {
  CHECK(from_constructor[2999] == 'c');
  free(from_constructor);
}
}  // namespace

int main() {
  CHECK(from_preinit && from_constructor);
  CHECK(EarlyBlock()[999] == 'e');
  from_preinit = static_cast<char*>(realloc(from_preinit, 300000));
  CHECK(from_preinit && from_preinit[0] == 'p' && from_preinit[2999] == 'p');
  free(from_preinit);
}
