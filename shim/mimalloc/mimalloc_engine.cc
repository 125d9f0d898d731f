#include "shim/mimalloc/mimalloc_engine.h"

#include <atomic>

#include "governor/pools/thread_registry.h"
#include "shim/quiesce.h"

namespace memgov {
namespace {

// Raised by every release; each thread compares it with its own on its slow path. Relaxed: late is fine.
constinit std::atomic<uint32_t> collect_round{0};
constinit thread_local uint32_t collected_round = 0;

// Sums the pages of the calling thread's heap that hold no block.
bool AddEmptyArea(const mi_heap_t*, const mi_heap_area_t* area, void*, size_t, void* sum) {
  if (area->used == 0) *static_cast<uint64_t*>(sum) += area->committed;
  return true;
}

}  // namespace

// mi_option_set_default yields to MIMALLOC_... variables.
void MimallocEngine::Start() {
#if MI_MALLOC_VERSION < 300
  mi_option_set_default(mi_option_large_os_pages, 0);
  mi_option_set_default(mi_option_abandoned_page_decommit, 1);
#else
  mi_option_set_default(mi_option_allow_large_os_pages, 0);
#endif
}

void MimallocEngine::OwnerTick() {
  const uint32_t round = collect_round.load(std::memory_order_relaxed);
  if (round == collected_round || threads::current == nullptr) return;
  collected_round = round;
  const quiesce::Guard guard(*threads::current);
  mi_collect(true);
}

void MimallocEngine::GiveBack() {
  collect_round.fetch_add(1, std::memory_order_relaxed);
  mi_collect(true);
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
