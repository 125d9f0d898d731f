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

// How long mimalloc waits before it decommits free pages of a segment that stays in use; what is not
// decommitted waits for the next free in that segment, and a parked thread has none. 0 while a release runs:
// what the collect frees goes at once. Spans that were freed in the last few milliseconds before, in segments
// that stay in use, are left.
class PromptDecommit {
 public:
  PromptDecommit() : delay_(mi_option_get(kDelay)) { mi_option_set(kDelay, 0); }
  ~PromptDecommit() { mi_option_set(kDelay, delay_); }
  PromptDecommit(const PromptDecommit&) = delete;
  PromptDecommit& operator=(const PromptDecommit&) = delete;

 private:
#if MI_MALLOC_VERSION < 210
  static constexpr mi_option_t kDelay = mi_option_decommit_delay;
#else
  static constexpr mi_option_t kDelay = mi_option_purge_delay;
#endif
  const long delay_;
};

// Empties the heaps of threads that are not inside mimalloc at this moment, one at a time, in their stead.
// The interface wants a heap to be collected by its owner: the claim makes us that for as long as it takes.
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
      if (heap != nullptr) mi_heap_collect(heap, true);
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
  if (threads::current == nullptr) return mi_collect(true);
  const quiesce::Guard guard(*threads::current);
  mi_collect(true);
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
  const uint64_t longest_ns = CollectOthers();
  CollectOwn();
  return longest_ns;
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
