// A program that links the object itself, without a preload: malloc is ours, in the program and in the C
// library, and the calls need no look-up.
#define MEMGOV_LINKED
#include <memgov/advanced.h>
#include <stdlib.h>

#include "preload_check.h"

int main() {
  CHECK(getenv("LD_PRELOAD") == nullptr);
  CHECK_EQ(memgov_available(), 1);
  CHECK(strstr(memgov_version(), getenv("MEMGOV_TEST_ENGINE")));
  constexpr size_t kBytes = 1 << 20;
  static char text[kBytes];
  memset(text, 'x', kBytes - 1);
  memgov_stats_t before = {}, after = {};
  before.size = after.size = sizeof before;
  CHECK_EQ(memgov_stats(&before), 0);
  void* block = Escape(malloc(kBytes));
  char* copy = strdup(text);
  CHECK_EQ(memgov_stats(&after), 0);
  CHECK(after.allocated_bytes >= before.allocated_bytes + 2 * kBytes);
  free(copy);
  free(block);
  CHECK(memgov_text(MEMGOV_TEXT_JSON, nullptr, 0) > 0);
}
