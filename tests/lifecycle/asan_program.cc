// Built with AddressSanitizer: uses what its runtime intercepts, and frees blocks the runtime made itself.
#include <stdio.h>
#include <stdlib.h>

#include <string>
#include <vector>

#include "preload_check.h"

int main() {
  std::vector<std::string> lines;
  for (int i = 0; i < 1000; ++i) lines.push_back(std::string(static_cast<size_t>(i), 'a'));
  char* copy = strdup(lines.back().c_str());
  CHECK(copy && strlen(copy) == 999);
  free(copy);
  copy = realpath("/proc/self/..", nullptr);
  CHECK(copy != nullptr);
  free(copy);
  void* block = malloc(100);
  block = realloc(block, 100000);
  CHECK(block != nullptr);
  free(block);
  puts("hello from asan");
}
