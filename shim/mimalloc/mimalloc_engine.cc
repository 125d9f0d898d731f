#include "shim/mimalloc/mimalloc_engine.h"

#include "governor/base/message.h"
#include "governor/base/os.h"
#include "governor/pools/thread_registry.h"
#include "governor/release/releaser.h"
#include "shim/next_symbol.h"
#include "shim/quiesce.h"

namespace memgov {
namespace {

// False when somebody else in the process calls mimalloc by its own names: those calls pass no guard, so that
// no thread is ever known to be outside.
constinit bool may_claim = true;

// True while CollectShared keeps everybody out. Written under the release lock, read in fork's handlers,
// which hold it: then it is set only if the fork comes from a signal handler that interrupted the pass.
constinit bool all_kept_out = false;

// How long mimalloc waits before it decommits what is free: pages of a segment that stays in use (what is not
// decommitted waits for the next free in that segment, and a parked thread has none), and whole segments in
// the cache. 0 while a release runs: what the collect frees goes at once, while no thread has to wait for it.
// Spans that were freed in the last few milliseconds before, in segments that stay in use, are left.
class PromptDecommit {
 public:
  PromptDecommit() : pages_(mi_option_get(kPages)), segments_(mi_option_get(kSegments)) {
    mi_option_set(kPages, 0);
    mi_option_set(kSegments, 0);
  }
  ~PromptDecommit() {
    mi_option_set(kSegments, segments_);
    mi_option_set(kPages, pages_);
  }
  PromptDecommit(const PromptDecommit&) = delete;
  PromptDecommit& operator=(const PromptDecommit&) = delete;

 private:
#if MI_MALLOC_VERSION < 210
  static constexpr mi_option_t kPages = mi_option_decommit_delay;
  static constexpr mi_option_t kSegments = mi_option_segment_decommit_delay;
#else
  static constexpr mi_option_t kPages = mi_option_purge_delay;
  static constexpr mi_option_t kSegments = mi_option_purge_delay;
#endif
  const long pages_;
  const long segments_;
};

// Empties the heaps of threads that are not inside mimalloc at this moment, one at a time, in their stead.
// The interface wants a heap to be collected by its owner: the claim makes us that for as long as it takes.
// Never by force, which frees no page more: a forced collect on the main thread adopts abandoned segments
// into the heap in hand, but in the main thread's name (mimalloc's own fix of that: python/cpython#112532).
// Returns the longest time that one of them was kept out.
uint64_t CollectOthers() {
  constexpr int kBatch = 64;
  uint64_t longest_ns = 0;
  ThreadRecord* batch[kBatch];
  int seen = 0;
  int count = 0;
  while (may_claim && (count = threads::Collect(batch, kBatch, seen)) > 0) {
    for (int index = 0; index < count && !releaser::IsClosed(); ++index) {
      ThreadRecord& record = *batch[index];
      if (&record == threads::current || record.engine_part.load(std::memory_order_relaxed) == nullptr)
        continue;
      const uint64_t start = os::NowNanoseconds();
      if (!quiesce::TryClaim(record)) continue;
      auto* heap = static_cast<mi_heap_t*>(record.engine_part.load(std::memory_order_acquire));
      if (heap != nullptr) mi_heap_collect(heap, false);
      quiesce::Unclaim(record);
      const uint64_t took_ns = os::NowNanoseconds() - start;
      if (took_ns > longest_ns) longest_ns = took_ns;
    }
    seen += count;
  }
  return longest_ns;
}

// Sums the pages of the calling thread's heap that hold no block.
bool AddEmptyArea(const mi_heap_t*, const mi_heap_area_t* area, void*, size_t, void* sum) {
  if (area->used == 0) *static_cast<uint64_t*>(sum) += area->committed;
  return true;
}

void CollectOwn() {
  if (threads::current == nullptr) return mi_collect(false);
  const quiesce::Guard guard(*threads::current);
  mi_collect(false);
}

// Empties the segment cache. A forced collect unmaps what lies there, and 2.0.9 does not wait for those who
// read the list of abandoned segments meanwhile (_mi_segment_cache_free_all, unlike every other place that
// frees a segment): a thread that looked at a segment just before somebody else took it off the list reads
// unmapped memory. Readers are threads that want a segment, threads that end, and other collects. So:
//
// Invariant: a forced collect runs only while every other thread is outside mimalloc, and kept there. The
// claim's own ordering (quiesce.h) makes that so for threads that end, too: they are guarded (key_hook.cc).
//
// When some thread does not leave in time, the cache is left for the next release. Returns how long the
// others were kept out.
uint64_t CollectShared() {
  constexpr uint64_t kPatienceNs = 5000000;
  if (!may_claim || releaser::IsClosed()) return 0;
  const uint64_t start = os::NowNanoseconds();
  all_kept_out = true;
  std::atomic_signal_fence(std::memory_order_seq_cst);
  if (quiesce::ClaimAllBefore(start + kPatienceNs)) mi_collect(true);
  const uint64_t took_ns = os::NowNanoseconds() - start;
  quiesce::Release();
  std::atomic_signal_fence(std::memory_order_seq_cst);
  all_kept_out = false;
  return took_ns;
}

}  // namespace

// mi_option_set_default yields to MIMALLOC_... variables.
void MimallocEngine::Start() {
  may_claim = CountDependents("libmimalloc.so") == 0;
  if (!may_claim) {
    Message()->Text("another object uses libmimalloc directly: heaps of parked threads are left alone");
  }
#if MI_MALLOC_VERSION < 300
  mi_option_set_default(mi_option_large_os_pages, 0);
  mi_option_set_default(mi_option_abandoned_page_decommit, 1);
  // A segment whose pages go on being freed is otherwise put off by another millisecond, again and again, and
  // a burst that ends leaves its last frees committed.
  mi_option_set_default(mi_option_decommit_extend_delay, 0);
#else
  mi_option_set_default(mi_option_allow_large_os_pages, 0);
#endif
}

void MimallocEngine::OwnerTick() {
  ThreadRecord* record = threads::current;
  if (record == nullptr || record->engine_part.load(std::memory_order_relaxed) != nullptr) return;
  const quiesce::Guard guard(*record);
  record->engine_part.store(mi_heap_get_backing(), std::memory_order_release);
}

void MimallocEngine::OwnerLeaves() {
  if (threads::current != nullptr) threads::current->engine_part.store(nullptr, std::memory_order_release);
}

uint64_t MimallocEngine::GiveBack(uint64_t) {
  const PromptDecommit prompt;
  const uint64_t one_ns = CollectOthers();
  CollectOwn();
  const uint64_t all_ns = CollectShared();
  return one_ns > all_ns ? one_ns : all_ns;
}

void MimallocEngine::ParentAfterFork() {
  if (!all_kept_out) quiesce::Release();
}

uint64_t MimallocEngine::HeldBytes() {
  size_t elapsed = 0, user = 0, system = 0, rss = 0, peak_rss = 0, commit = 0, peak_commit = 0, faults = 0;
  mi_process_info(&elapsed, &user, &system, &rss, &peak_rss, &commit, &peak_commit, &faults);
  return commit;
}

uint64_t MimallocEngine::ReleasableBytes() {
  uint64_t sum = 0;
  mi_heap_visit_blocks(mi_heap_get_default(), false, AddEmptyArea, &sum);
  return sum;
}

}  // namespace memgov
