// From the nth step on the kernel refuses every mapping and every growth of the heap: NULL with ENOMEM, never
// a crash, and what was allocated stays good and can be freed.
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "lifecycle/seccomp_filter.h"
#include "random.h"

namespace {
constexpr int kSlots = 300;
struct Slot {
  unsigned char* block;
  size_t size;
} slots[kSlots];
int refusals;

void Step(Random& random) {
  Slot& slot = slots[random.Below(kSlots)];
  if (slot.block) CHECK(slot.block[0] == 0x77 && slot.block[slot.size - 1] == 0x77);
  free(slot.block);
  slot.size = random.Size(21) + 1;
  errno = 0;
  slot.block = static_cast<unsigned char*>(malloc(slot.size));
  if (!slot.block) {
    CHECK_EQ(errno, ENOMEM);
    ++refusals;
    return;
  }
  memset(slot.block, 0x77, slot.size);
}

[[noreturn]] void Child(uint64_t seed) {
  Watchdog(20);
  Random random(seed);
  for (uint64_t i = 0; i < seed * seed; ++i) Step(random);
  const rlimit no_growth = {0, 0};  // brk has no error number that a filter could return
  CHECK_EQ(setrlimit(RLIMIT_DATA, &no_growth), 0);
  if (!RefuseCalls(SYS_mmap, SYS_mremap, ENOMEM)) _exit(77);
  for (int i = 0; i < 3000; ++i) Step(random);
  errno = 0;
  CHECK(malloc(Opaque(size_t{1} << 30)) == nullptr);
  CHECK_EQ(errno, ENOMEM);
  for (Slot& slot : slots) free(slot.block);
  _exit(0);
}
}  // namespace

int main() {
  Watchdog(55);
  for (uint64_t seed = 1; seed <= 40; ++seed) {
    const pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) Child(seed);
    int status;
    CHECK_EQ(waitpid(child, &status, 0), child);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 77) Skip("seccomp filters are not allowed here");
    CHECK_EQ(status, 0);
  }
}
