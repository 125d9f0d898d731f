#include "shim/system/system_engine.h"

#include <malloc.h>
#include <string.h>

#include <atomic>

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

// The program called mallopt(M_ARENA_MAX) itself. Relaxed: a flag.
constinit std::atomic<bool> capped_by_program{false};

void CapArenas(int cpus) {
  if (capped_by_program.load(std::memory_order_relaxed)) return;
  int64_t most = options::Get(Option::kArenaMax);
  if (most == 0) {
    if (options::MentionsTunable("glibc.malloc.arena_max")) return;
    most = static_cast<int64_t>(cpus) * kArenasPerCpu;
    most = most < kFewestArenas ? kFewestArenas : most > kMostArenas ? kMostArenas : most;
  }
  if (auto* mallopt = real_libc::Find().mallopt) mallopt(M_ARENA_MAX, static_cast<int>(most));
}

}  // namespace

void* SystemEngine::AllocateAligned(size_t alignment, size_t size, bool zeroed) {
  void* block = real_libc::allocate_aligned.Get()(alignment, size);
  if (block != nullptr && zeroed) memset(block, 0, size);
  return block;
}

size_t SystemEngine::UsableSize(const void* block) { return real_libc::usable_size.Get()(block); }

void SystemEngine::NoteProgramCapsArenas() { capped_by_program.store(true, std::memory_order_relaxed); }

void SystemEngine::Start() { CapArenas(CpusByAffinity()); }
void SystemEngine::BeforeFirstThread() { CapArenas(CpusByAffinityAndQuota()); }

uint64_t SystemEngine::HeldBytes() {
  const surface::Mallinfo2 info = surface::MallocInfo2();
  return info.arena + info.hblkhd;
}

uint64_t SystemEngine::GiveBack(uint64_t) {
  const uint64_t start = os::NowNanoseconds();
  if (auto* trim = real_libc::Find().malloc_trim) trim(0);
  return os::NowNanoseconds() - start;
}

uint64_t SystemEngine::ReleasableBytes() { return surface::MallocInfo2().keepcost; }

}  // namespace memgov
