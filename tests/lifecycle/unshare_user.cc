// unshare(CLONE_NEWUSER) is refused (EINVAL) to a process with more than one thread: MEMGOV_THREAD=never
// keeps a single-threaded sandbox single-threaded, however much it allocates.
#include <sched.h>
#include <stdlib.h>

#include "lifecycle/tasks.h"

int main() {
  for (int i = 0; i < 300; ++i) {
    char* block = static_cast<char*>(malloc(1 << 20));
    CHECK(block != nullptr);
    block[0] = 1;
    free(block);
    for (int k = 0; k < 1000; ++k) free(malloc(1000));
  }
  CHECK_EQ(Tasks().size(), 1);
  if (unshare(CLONE_NEWUSER) != 0) {
    CHECK(errno != EINVAL);
    Skip("user namespaces are not allowed here");
  }
}
