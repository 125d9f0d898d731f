// The governor's side of the mimalloc engine: start, giving back, the tick, fork, figures.
#include "governor/base/errno_keeper.h"
#include "governor/base/os.h"
#include "governor/release/releaser.h"
#include "shim/arena/arena_engine.h"
#include "shim/arena/groups.h"
#include "shim/mimalloc/library.h"
#include "shim/mimalloc/mimalloc_engine.h"
#include "shim/mimalloc/own_memory.h"
#include "shim/mimalloc/parked_threads.h"
#include "shim/mimalloc/pool_heaps.h"

namespace memgov {

using mimalloc::Family;
using mimalloc::functions;
using mimalloc::LoadedFamily;
namespace own_memory = mimalloc::own_memory;
namespace parked_threads = mimalloc::parked_threads;
using parked_threads::Which;

namespace {

// Each thread has a page of 64 KiB for each size that it uses, and a page stays for as long as a block in it
// lives: with a few long-lived blocks of many sizes in each of 148 threads 1,700 of them stayed
// (docs/engines.md). From here on the arena engine's slabs, which threads share, hold less memory and are no
// slower.
constexpr size_t kLargest = 512;

constexpr uint64_t kSweepNs = 100000000;
// After that many sweeps that found no thread allocating there is nothing left to find.
constexpr int kQuietSweeps = 2;

// Under the release lock.
struct TickState {
  uint64_t swept_ns = 0;
  int quiet = 0;
};
constinit TickState state;

// True while EmptyCache keeps everybody out. Written under the release lock, read in fork's handlers, which
// hold it: then it is set only if the fork comes from a signal handler that interrupted the pass.
constinit bool all_kept_out = false;

bool IsLoaded() { return mimalloc::largest.load(std::memory_order_acquire) != 0; }

uint64_t Longer(uint64_t one_ns, uint64_t other_ns) { return one_ns > other_ns ? one_ns : other_ns; }

// mi_option_set_default yields to MIMALLOC_... variables.
void SetOptions20() {
  functions.option_set_default(mimalloc::k20LargeOsPages, 0);
  functions.option_set_default(mimalloc::k20AbandonedPageDecommit, 1);
  // A segment whose pages go on being freed is otherwise put off by another millisecond, again and again, and
  // a burst that ends leaves its last frees committed.
  functions.option_set_default(mimalloc::k20DecommitExtendDelay, 0);
}

// Purges skip free runs below a minimum, which is 2 MiB where huge pages are allowed, and do not try them
// again. In KiB.
void SetOptions36() {
  functions.option_set_default(mimalloc::k36AllowLargeOsPages, 0);
  functions.option_set(mimalloc::k36ArenaPurgeMinSize, 64);
}

// How long 2.0.9 waits before it decommits what is free: pages of a segment that stays in use (what is not
// decommitted waits for the next free in that segment, and a parked thread has none), and whole segments in
// the cache. 0 while a release runs: what the collect frees goes at once, while no thread has to wait for it.
// Spans that were freed in the last few milliseconds before, in segments that stay in use, are left.
class PromptDecommit {
 public:
  PromptDecommit() {
    if (LoadedFamily() != Family::k20) return;
    pages_ = functions.option_get(mimalloc::k20DecommitDelay);
    segments_ = functions.option_get(mimalloc::k20SegmentDecommitDelay);
    Set(0, 0);
  }
  ~PromptDecommit() {
    if (LoadedFamily() == Family::k20) Set(pages_, segments_);
  }
  PromptDecommit(const PromptDecommit&) = delete;
  PromptDecommit& operator=(const PromptDecommit&) = delete;

 private:
  static void Set(long pages, long segments) {
    functions.option_set(mimalloc::k20DecommitDelay, pages);
    functions.option_set(mimalloc::k20SegmentDecommitDelay, segments);
  }
  long pages_ = 0;
  long segments_ = 0;
};

// Empties 2.0.9's segment cache. A forced collect unmaps what lies there, and 2.0.9 does not wait for those
// who read the list of abandoned segments meanwhile (_mi_segment_cache_free_all, unlike every other place
// that frees a segment): a thread that looked at a segment just before somebody else took it off the list
// reads unmapped memory. Readers are threads that want a segment, threads that end, and other collects. So:
//
// Invariant: a forced collect runs only while every other thread is outside mimalloc, and kept there. The
// claim's own ordering (quiesce.h) makes that so for threads that end, too: they are guarded (key_hook.cc).
//
// When some thread does not leave in time, the cache is left for the next release. Returns how long the
// others were kept out.
uint64_t EmptyCache() {
  constexpr uint64_t kPatienceNs = 5000000;
  if (!parked_threads::MayClaim() || releaser::IsClosed()) return 0;
  const uint64_t start = os::NowNanoseconds();
  all_kept_out = true;
  std::atomic_signal_fence(std::memory_order_seq_cst);
  if (quiesce::ClaimAllBefore(start + kPatienceNs)) functions.collect(true);
  const uint64_t took_ns = os::NowNanoseconds() - start;
  quiesce::Release();
  std::atomic_signal_fence(std::memory_order_seq_cst);
  all_kept_out = false;
  return took_ns;
}

// 3.6: what is free in its areas goes back to the kernel. The threads go on meanwhile.
void Purge() {
  ThreadRecord* record = threads::current;
  if (record == nullptr) return functions.arenas_purge();
  const quiesce::Guard guard(*record);
  functions.arenas_purge();
}

uint64_t EmptyAll(uint64_t deadline_ns) {
  const PromptDecommit prompt;
  uint64_t stall_ns = parked_threads::Empty(Which::kAll, deadline_ns).longest_ns;
  parked_threads::EmptyOwn();
  if (LoadedFamily() == Family::k36) {
    Purge();
  } else {
    stall_ns = Longer(stall_ns, EmptyCache());
  }
  return stall_ns;
}

// 2.0.9's cache is left to releases: emptying it keeps everybody out.
parked_threads::Swept EmptyParked() {
  const PromptDecommit prompt;
  const parked_threads::Swept swept = parked_threads::Empty(Which::kParked, UINT64_MAX);
  if (LoadedFamily() == Family::k36) Purge();
  return swept;
}

uint64_t MimallocBytes() {
  if (!IsLoaded()) return 0;
  if (own_memory::InUse()) return own_memory::CommittedBytes();
  size_t elapsed = 0, user = 0, system = 0, rss = 0, peak_rss = 0, commit = 0, peak_commit = 0, faults = 0;
  functions.process_info(&elapsed, &user, &system, &rss, &peak_rss, &commit, &peak_commit, &faults);
  return commit;
}

}  // namespace

void MimallocEngine::Start() {
  ArenaEngine::Start();
  quiesce::Start();
  if (!mimalloc::Load()) return;
  parked_threads::Start();
  if (LoadedFamily() == Family::k36) {
    SetOptions36();
    // Direct callers of mimalloc expect it to find memory by itself.
    if (parked_threads::MayClaim()) own_memory::Start();
  } else {
    SetOptions20();
  }
  // What it sets up at its first call looks for files that are not there: not in the host's errno.
  const ErrnoKeeper keep_errno;
  functions.free(functions.malloc(1));
  mimalloc::largest.store(kLargest, std::memory_order_release);
}

bool MimallocEngine::IsComplete() { return IsLoaded(); }

uint64_t MimallocEngine::HeldBytes() { return ArenaEngine::HeldBytes() + MimallocBytes(); }

bool MimallocEngine::PoolBytes(PoolId pool, EnginePoolBytes* bytes) {
  const uint32_t group = arena::groups::GroupOf(pool);
  if (group == arena::groups::kShared || !mimalloc::pool_heaps::HasHeap(group)) return false;
  if (!ArenaEngine::PoolBytes(pool, bytes)) return false;
  bytes->live_bytes = 0;
  bytes->counts_live = false;
  bytes->held_bytes += own_memory::CommittedBytes(group);
  return true;
}

uint64_t MimallocEngine::ReleasableBytes() { return ArenaEngine::ReleasableBytes(); }

uint64_t MimallocEngine::GiveBack(uint64_t most_bytes) {
  const uint64_t stall_ns = IsLoaded() ? EmptyAll(UINT64_MAX) : 0;
  return Longer(stall_ns, ArenaEngine::GiveBack(most_bytes));
}

uint64_t MimallocEngine::GiveBackUntil(uint64_t deadline_ns) {
  const uint64_t stall_ns = ArenaEngine::GiveBackUntil(deadline_ns);
  return IsLoaded() ? Longer(stall_ns, EmptyAll(deadline_ns)) : stall_ns;
}

EngineTick MimallocEngine::Tick(uint64_t now_ns) {
  EngineTick tick = ArenaEngine::Tick(now_ns);
  if (!IsLoaded() || !parked_threads::MayClaim()) return tick;
  const uint64_t due_ns = state.swept_ns + kSweepNs;
  if (now_ns >= due_ns) {
    const uint64_t before = own_memory::CommittedBytes();
    const parked_threads::Swept swept = EmptyParked();
    const uint64_t after = own_memory::CommittedBytes();
    if (before > after) tick.given_back_bytes += before - after;
    tick.stall_ns = Longer(tick.stall_ns, swept.longest_ns);
    state.swept_ns = now_ns;
    state.quiet = swept.active ? 0 : state.quiet + 1;
  }
  const uint64_t again_ns = now_ns >= due_ns ? kSweepNs : due_ns - now_ns;
  if (state.quiet < kQuietSweeps && again_ns < tick.sleep_ns) tick.sleep_ns = again_ns;
  return tick;
}

// First everybody out of mimalloc, where threads hold none of the arena engine's locks for longer than it
// takes.
void MimallocEngine::PrepareFork() {
  quiesce::ClaimAll();
  ArenaEngine::PrepareFork();
}

void MimallocEngine::ParentAfterFork() {
  ArenaEngine::ParentAfterFork();
  if (!all_kept_out) quiesce::Release();
}

void MimallocEngine::ChildAfterFork() {
  ArenaEngine::ChildAfterFork();
  quiesce::ReleaseInChild(threads::current);
}

}  // namespace memgov
