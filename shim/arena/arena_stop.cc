// Where the whole engine stands still: fork, and verify.
//
// Order (the ranks): slots stopped, groups, every lock of every shard in use, the page heap. Give-backs hold
// the release lock, which fork's prepare has taken before: there are no pages in limbo. The child has all of
// it as it was; only slots that another thread had taken and did not let go of are emptied.
#include "governor/release/releaser.h"
#include "shim/arena/arena_engine.h"
#include "shim/arena/groups.h"
#include "shim/arena/page_heap.h"
#include "shim/arena/shards.h"

namespace memgov {

using namespace arena;  // NOLINT: this file is part of the arena engine's front

namespace {

// What this stop took; under the last lock of all. A lock that the forking thread held before (it forks from
// a signal handler that interrupted the holder) stays with that code.
struct Taken {
  bool slots = false;
  bool groups = false;
  bool pages = false;
  uint32_t shards = 0;
  bool classes[shards::kMostShards][kClasses] = {};
};
constinit Taken taken;

template <typename F>
void ForEachClass(F&& visit) {
  for (uint32_t shard = 0; shard < taken.shards; ++shard) {
    for (uint32_t size_class = 0; size_class < kClasses; ++size_class) visit(shard, size_class);
  }
}

void StopAll() {
  const bool has_slots = slots::Stop();
  const bool has_groups = groups::Lock().LockForFork();
  taken.shards = groups::ShardCount();
  ForEachClass([](uint32_t shard, uint32_t size_class) {
    taken.classes[shard][size_class] = shards::Lock(shard, size_class).LockForFork();
  });
  taken.pages = pages::Lock().LockForFork();
  taken.slots = has_slots;
  taken.groups = has_groups;
}

void GoOn() {
  if (taken.pages) pages::Lock().LeaveAfterFork();
  ForEachClass([](uint32_t shard, uint32_t size_class) {
    if (taken.classes[shard][size_class]) shards::Lock(shard, size_class).LeaveAfterFork();
  });
  if (taken.groups) groups::Lock().LeaveAfterFork();
  if (taken.slots) slots::Restart();
}

// --- verify ---

constinit const char* verify_wrong = nullptr;  // under all locks

// Every cached block must be handed out by its slab, and cached once: for as long as this takes it is marked
// as free, so that a second time shows.
void MarkCached(void* block, uint32_t size_class, void*) {
  if (!shards::MarkFree(size_class, block)) verify_wrong = "a block in a slot that is free, or in two slots";
}

void UnmarkCached(void* block, uint32_t size_class, void*) { shards::MarkUsed(size_class, block); }

const char* VerifyCached() {
  verify_wrong = nullptr;
  slots::ForEachBlock(MarkCached, nullptr);
  if (verify_wrong == nullptr) slots::ForEachBlock(UnmarkCached, nullptr);
  return verify_wrong;
}

const char* VerifySlabPages() {
  uint64_t slab_bytes = 0;
  for (uint32_t shard = 0; shard < taken.shards; ++shard) {
    for (uint32_t size_class = 0; size_class < kClasses; ++size_class) {
      slab_bytes += shards::ReadLocked(shard, size_class).slabs * kSizeClasses[size_class].pages * kPageBytes;
    }
  }
  return slab_bytes == pages::SlabBytesLocked() ? nullptr : "slabs of shards and of pages differ";
}

}  // namespace

void ArenaEngine::PrepareFork() { StopAll(); }
void ArenaEngine::ParentAfterFork() { GoOn(); }

void ArenaEngine::ChildAfterFork() {
  if (taken.pages) pages::Lock().LeaveAfterFork();
  ForEachClass([](uint32_t shard, uint32_t size_class) {
    if (taken.classes[shard][size_class]) shards::Lock(shard, size_class).LeaveAfterFork();
  });
  if (taken.groups) groups::Lock().LeaveAfterFork();
  if (taken.slots) slots::RestartInChild();
}

const char* ArenaEngine::Verify() {
  FutexLockHolder hold(releaser::Lock());
  StopAll();
  const char* wrong = pages::Verify();
  if (wrong == nullptr) wrong = shards::Verify(taken.shards);
  if (wrong == nullptr) wrong = VerifySlabPages();
  if (wrong == nullptr) wrong = VerifyCached();
  GoOn();
  return wrong;
}

}  // namespace memgov
