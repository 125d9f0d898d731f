// Under mlockall the kernel takes no page back: what is free stays dirty, is handed out again and zeroed for
// who wants it so, the books agree, and once the pages are unlocked they are given back. Arguments: steps,
// rseq or portable.
#include <sys/mman.h>

#include "arena/patterned_block.h"
#include "shim/arena/page_heap.h"

using namespace engine_under_test;  // NOLINT: this program is about nothing else

namespace {

// Each growth of the heap is in memory at once now, and so are its page map and headers.
void LockAll() {
  if (mlockall(MCL_CURRENT | MCL_FUTURE) != 0) Skip("mlockall is not allowed here (RLIMIT_MEMLOCK)");
  void* space =
      mmap(nullptr, size_t{512} << 20, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (space == MAP_FAILED) Skip("RLIMIT_MEMLOCK leaves no room for a chunk's addresses");
  munmap(space, size_t{512} << 20);
}

void Work(uint64_t steps) {
  Random random(1);
  PatternedBlock blocks[64];
  for (uint64_t step = 0; step < steps; ++step) {
    PatternedBlock& block = blocks[random.Below(std::size(blocks))];
    if (block.exists()) {
      block.Delete();
    } else {
      CHECK(block.New(random, 1 + random.Size(22)));
    }
    if (step % 1000 == 0) GiveBackAll();
  }
  for (PatternedBlock& block : blocks) block.Delete();
}

}  // namespace

int main(int count, char** arguments) {
  Watchdog(300);
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  Skip("a sanitizer's shadow cannot be locked");
#endif
  LockAll();
  Start(WayArgument(count, arguments, 2));
  Work(Argument(count, arguments, 1, 200000));
  printf("%lu MiB\n", memgov::arena::pages::Read().usable_bytes >> 20);
  GiveBackAll();
  const memgov::arena::pages::Figures locked = memgov::arena::pages::Read();
  CHECK_EQ(locked.given_back_bytes, 0);
  CHECK(locked.dirty_bytes > 0);
  CheckNothingLive();
  CHECK_EQ(munlockall(), 0);
  GiveBackAll();
  const memgov::arena::pages::Figures unlocked = memgov::arena::pages::Read();
  CHECK_EQ(unlocked.dirty_bytes, 0);
  CHECK(unlocked.given_back_bytes >= locked.dirty_bytes);
  Work(1000);
  CheckNothingLive();
}
