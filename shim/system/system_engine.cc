#include "shim/system/system_engine.h"

#include <malloc.h>
#include <string.h>

#include "governor/base/cpus.h"
#include "governor/base/os.h"
#include "governor/config/options.h"
#include "shim/libc_info.h"
#include "shim/system/real_libc.h"

namespace memgov {

namespace {

constexpr int kArenasPerCpu = 2;
constexpr int kFewestArenas = 2;
constexpr int kMostArenas = 16;

// A block that glibc mapped for itself alone comes zeroed from the kernel (malloc/malloc.c: IS_MMAPPED is bit
// 1 of the word in front of the block).
bool IsMappedAlone(const void* block) {
  constexpr size_t kIsMapped = 2;
  return (static_cast<const size_t*>(block)[-1] & kIsMapped) != 0;
}

void CapArenas(int cpus) {
  int64_t most = options::Get(Option::kArenaMax);
  if (most == 0) {
    if (options::MentionsTunable("glibc.malloc.arena_max")) return;
    most = cpus * kArenasPerCpu;
    most = most < kFewestArenas ? kFewestArenas : most > kMostArenas ? kMostArenas : most;
  }
  if (auto* mallopt = real_libc::Find().mallopt) mallopt(M_ARENA_MAX, static_cast<int>(most));
}

}  // namespace

void* SystemEngine::AllocateAligned(size_t alignment, size_t size, bool zeroed) {
  void* block = real_libc::allocate_aligned.Get()(alignment, size);
  if (block != nullptr && zeroed && !IsMappedAlone(block)) memset(block, 0, size);
  return block;
}

size_t SystemEngine::UsableSize(const void* block) { return real_libc::usable_size.Get()(block); }

void SystemEngine::Start() { CapArenas(CpusByAffinity()); }
void SystemEngine::BeforeFirstThread() { CapArenas(CpusByAffinityAndQuota()); }

uint64_t SystemEngine::HeldBytes() {
  const surface::Mallinfo2 info = surface::MallocInfo2();
  return info.arena + info.hblkhd;
}

uint64_t SystemEngine::GiveBack() {
  const uint64_t start = os::NowNanoseconds();
  if (auto* trim = real_libc::Find().malloc_trim) trim(0);
  return os::NowNanoseconds() - start;
}

uint64_t SystemEngine::ReleasableBytes() { return surface::MallocInfo2().keepcost; }

}  // namespace memgov
