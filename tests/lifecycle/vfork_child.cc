// vfork: a child that execs, and one that allocates and frees on the parent's memory before it leaves; the
// parent's heap is sound afterwards.
#include <stdlib.h>
#include <sys/wait.h>

#include "lifecycle/busy_threads.h"

namespace {
void Expect(pid_t child, int expected) {
  int status;
  CHECK_EQ(waitpid(child, &status, 0), child);
  CHECK(WIFEXITED(status));
  CHECK_EQ(WEXITSTATUS(status), expected);
}

// noinline: the frame that called vfork must not be left by the child.
__attribute__((noinline)) pid_t ChildThatExecs() {
  const pid_t child = vfork();
  if (child == 0) {
    execl("/bin/true", "true", nullptr);
    _exit(9);
  }
  return child;
}

__attribute__((noinline)) pid_t ChildThatAllocates(void* of_parent) {
  const pid_t child = vfork();
  if (child == 0) {
    free(of_parent);
    for (size_t size = 1; size < 2000000; size = size * 2 + 1) free(realloc(calloc(size, 1), size + 100));
    _exit(5);
  }
  return child;
}
}  // namespace

int main() {
  Watchdog(50);
  BusyThreads threads(2);
  for (int i = 0; i < 100; ++i) {
    Expect(ChildThatExecs(), 0);
    Expect(ChildThatAllocates(malloc(200)), 5);
    free(malloc(1000));
  }
}
