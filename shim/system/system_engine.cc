#include "shim/system/system_engine.h"

#include <string.h>

#include "governor/base/cpus.h"
#include "shim/libc_info.h"
#include "shim/system/arena_cap.h"
#include "shim/system/real_libc.h"

namespace memgov {

namespace {

// By our constructor. Constructors of others may have run, and made threads, before.
constinit bool options_loaded = false;

}  // namespace

void* SystemEngine::AllocateAligned(size_t alignment, size_t size, bool zeroed) {
  void* block = real_libc::allocate_aligned.Get()(alignment, size);
  if (block != nullptr && zeroed) memset(block, 0, size);
  return block;
}

size_t SystemEngine::UsableSize(const void* block) { return real_libc::usable_size.Get()(block); }

void SystemEngine::Start() {
  options_loaded = true;
  arena_cap::Apply(CpusByAffinity(), options_loaded);
}

void SystemEngine::BeforeFirstThread() {
  arena_cap::Apply(CpusByAffinityAndQuota(), options_loaded);
  thread_caches::Learn();
}

uint64_t SystemEngine::HeldBytes() {
  const surface::Mallinfo2 info = surface::MallocInfo2();
  return info.arena + info.hblkhd;
}

uint64_t SystemEngine::GiveBack(uint64_t) { return thread_caches::Trim(); }

uint64_t SystemEngine::ReleasableBytes() { return surface::MallocInfo2().keepcost; }

}  // namespace memgov
