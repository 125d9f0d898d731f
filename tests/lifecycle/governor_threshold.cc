// A process without threads of its own gets a governor by allocating MEMGOV_START_BYTES; argument `never`
// (with MEMGOV_THREAD=never) expects none, not even with threads.
#include "lifecycle/tasks.h"

namespace {
void Allocate(size_t bytes) {
  for (size_t done = 0; done < bytes; done += 1000) {
    void* block = malloc(1000);
    CHECK(block != nullptr);
    free(block);
  }
}
}  // namespace

int main(int count, char** arguments) {
  Watchdog(50);
  CHECK_EQ(FindGovernor(), 0);
  Allocate(64 << 20);
  if (count > 1 && strcmp(arguments[1], "never") == 0) {
    RunOneThread();
    usleep(200000);
    CHECK_EQ(Tasks().size(), 1);
    return 0;
  }
  CHECK(WaitForGovernor() != 0);
  CHECK_EQ(Tasks().size(), 2);
}
