#include "shim/mimalloc/parked_threads.h"

#include "governor/base/message.h"
#include "governor/base/os.h"
#include "governor/pools/thread_registry.h"
#include "governor/release/releaser.h"
#include "shim/mimalloc/library.h"
#include "shim/mimalloc/pool_heaps.h"
#include "shim/next_symbol.h"
#include "shim/quiesce.h"

namespace memgov::mimalloc::parked_threads {
namespace {

constexpr int kBatch = 16;  // 45 to 75 us each: the last of them may have to wait for all

// Written by Start, while the process has one thread.
constinit bool may_claim = false;

// The thread is the calling one, or claimed.
void EmptyHeaps(const pool_heaps::Table* table) {
  if (table == nullptr) return;
  if (LoadedFamily() != Family::k36) return functions.heap_collect(table->parts[0], false);
  for (void* part : table->parts) {
    if (part != nullptr) functions.theap_quiescent_abandon(part);
  }
}

// Has it allocated since this was last asked?
bool HasAllocated(ThreadRecord& record) {
  const auto now = static_cast<uint32_t>(record.AllocatedBytes());
  if (record.seen_by_engine.load(std::memory_order_relaxed) == now) return false;
  record.seen_by_engine.store(now, std::memory_order_relaxed);
  return true;
}

// Keeps those of the batch that are to be emptied; how many.
int Choose(ThreadRecord** batch, int count, Which which, Swept& swept) {
  int chosen = 0;
  for (int index = 0; index < count; ++index) {
    ThreadRecord& record = *batch[index];
    const bool allocated = HasAllocated(record);
    swept.active = swept.active || allocated;
    if (&record == threads::current || record.engine_part.load(std::memory_order_relaxed) == nullptr)
      continue;
    if (which == Which::kAll || !allocated) batch[chosen++] = &record;
  }
  return chosen;
}

void EmptyBatch(ThreadRecord** batch, int count, Swept& swept) {
  const uint64_t begin_ns = os::NowNanoseconds();
  const int claimed = quiesce::ClaimSome(batch, count);
  for (int index = 0; index < claimed; ++index) {
    EmptyHeaps(pool_heaps::Of(*batch[index]));
    quiesce::LetGo(*batch[index]);
  }
  quiesce::LetAllGo();
  const uint64_t took_ns = os::NowNanoseconds() - begin_ns;
  if (took_ns > swept.longest_ns) swept.longest_ns = took_ns;
}

}  // namespace

void Start() {
  may_claim = !is_part_of_another && CountDependents("libmimalloc") == 0;
  if (!may_claim) {
    Message()->Text("another object uses mimalloc directly: heaps of parked threads are left alone");
  }
}

bool MayClaim() { return may_claim; }

Swept Empty(Which which, uint64_t deadline_ns) {
  Swept swept;
  ThreadRecord* batch[kBatch];
  int seen = 0;
  int count = 0;
  while (may_claim && !releaser::IsClosed() && (count = threads::Collect(batch, kBatch, seen)) > 0) {
    seen += count;
    const int chosen = Choose(batch, count, which, swept);
    if (chosen != 0) EmptyBatch(batch, chosen, swept);
    if (os::NowNanoseconds() >= deadline_ns) break;
  }
  return swept;
}

void EmptyOwn() {
  ThreadRecord* record = threads::current;
  if (record == nullptr) return functions.collect(false);
  const quiesce::Guard guard(*record);
  if (LoadedFamily() == Family::k36 && pool_heaps::Of(*record) != nullptr)
    return EmptyHeaps(pool_heaps::Of(*record));
  functions.collect(false);
}

}  // namespace memgov::mimalloc::parked_threads
