// With little address space left the engine takes smaller chunks; when there is none, allocations are
// nullptr, and what is freed serves again. Arguments: rounds, rseq or portable.
#include <sys/mman.h>
#include <sys/resource.h>

#include <vector>

#include "arena/patterned_block.h"
#include "shim/arena/page_heap.h"

using namespace engine_under_test;  // NOLINT: this program is about nothing else

namespace {

// Less than the largest chunk takes.
constexpr size_t kRoom = size_t{200} << 20;

void LimitAddressSpace() {
  const long long used_kib = ProcNumber("/proc/self/status", "VmSize:");
  CHECK(used_kib > 0);
  const rlim_t bytes = static_cast<rlim_t>(used_kib) * 1024 + kRoom;
  const rlimit limit = {bytes, bytes};
  CHECK_EQ(setrlimit(RLIMIT_AS, &limit), 0);
}

// A first block leaves most of the room to stacks and libraries.
void CheckLeavesRoom() {
  void* block = Allocate(100);
  CHECK(block != nullptr);
  void* space = mmap(nullptr, kRoom * 3 / 4, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  CHECK(space != MAP_FAILED);
  munmap(space, kRoom * 3 / 4);
  Free(block);
}

// Blocks until one is refused; how many bytes they were.
size_t Exhaust(Random& random, std::vector<PatternedBlock>& blocks) {
  size_t bytes = 0;
  for (PatternedBlock& block : blocks) {
    const size_t size = 1 + random.Size(random.Below(8) == 0 ? 23 : 15);
    if (!block.New(random, size)) return bytes;
    bytes += size;
  }
  CheckFailed(__FILE__, __LINE__, "an end of the address space");
}

void Round(Random& random, std::vector<PatternedBlock>& blocks) {
  const size_t bytes = Exhaust(random, blocks);
  CHECK(bytes > kRoom / 2);
  CHECK(ArenaEngine::Allocate(kRoom) == nullptr);
  CheckVerified("when nothing is left");
  for (PatternedBlock& block : blocks) block.Delete();
  GiveBackAll();
  CheckVerified("when all was freed");
}

}  // namespace

int main(int count, char** arguments) {
  const uint64_t rounds = Argument(count, arguments, 1, 10);
  Watchdog(300);
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  Skip("a sanitizer needs the address space itself");
#endif
  std::vector<PatternedBlock> blocks(1000000);  // the C library's, before there is a limit
  Start(WayArgument(count, arguments, 2));
  LimitAddressSpace();
  CheckLeavesRoom();
  Random random(1);
  for (uint64_t round = 0; round < rounds; ++round) Round(random, blocks);
  printf("%lu MiB reserved\n", memgov::arena::pages::Read().reserved_bytes >> 20);
  CheckNothingLive();
}
