#include "shim/mimalloc/pool_heaps.h"

#include "governor/budget/gate.h"
#include "shim/arena/arena_engine.h"
#include "shim/arena/groups.h"
#include "shim/mimalloc/library.h"
#include "shim/mimalloc/own_memory.h"

namespace memgov::mimalloc::pool_heaps {

using arena::groups::kShared;

namespace {

// Release on the store, acquire on the load: whoever sees a heap may work in it.
constinit std::atomic<void*> heaps[arena::kMostGroups] = {};

// One at a time makes heaps; who comes meanwhile stays in the shared one until its next tick. Always inside
// the guard, so that fork never finds it taken.
constinit std::atomic<bool> making{false};
// Under `making`: what was refused once is not asked for again.
constinit bool tried[arena::kMostGroups] = {};

void* HeapOf(uint32_t group) {
  if (void* heap = heaps[group].load(std::memory_order_acquire); heap != nullptr) return heap;
  if (making.exchange(true, std::memory_order_acquire)) return nullptr;
  void* heap = heaps[group].load(std::memory_order_relaxed);
  if (heap == nullptr && !tried[group]) {
    tried[group] = true;
    void* const area = own_memory::AddExclusive(group);
    if (area != nullptr) heap = functions.heap_new_in_arena(area);
    heaps[group].store(heap, std::memory_order_release);
  }
  making.store(false, std::memory_order_release);
  return heap;
}

// What mimalloc needs of a pool's area for itself is not the pool's fault: its limit is for blocks.
class Exempt {
 public:
  Exempt() { gate::attempt.exempt = true; }
  ~Exempt() { gate::attempt.exempt = false; }
  Exempt(const Exempt&) = delete;
  Exempt& operator=(const Exempt&) = delete;
};

// The calling thread's part of the group's heap. Where there is no memory for it, heap_theap returns one that
// set_default does not take.
void* MakePart(uint32_t group) {
  const Exempt exempt;
  void* const heap = HeapOf(group);
  if (heap == nullptr) return nullptr;
  void* const before = functions.theap_get_default();
  functions.theap_set_default(functions.heap_theap(heap));
  void* const now = functions.theap_get_default();
  return now != before ? now : nullptr;
}

void* PartOf(Table& table, uint32_t group) {
  void*& part = table.parts[group];
  if (part == nullptr) part = MakePart(group);
  return part != nullptr ? part : table.parts[kShared];
}

}  // namespace

Table* NewTable() { return static_cast<Table*>(ArenaEngine::AllocateZeroed(sizeof(Table))); }

void Register(ThreadRecord& record, Table* table) {
  table->parts[kShared] =
      LoadedFamily() == Family::k36 ? functions.theap_get_default() : functions.heap_get_backing();
  record.engine_part.store(table, std::memory_order_release);
}

void Leave(ThreadRecord& record) {
  Table* const table = Of(record);
  if (table == nullptr) return;
  record.engine_part.store(nullptr, std::memory_order_release);
  ArenaEngine::Free(table);
}

void Enter(Table& table, uint32_t group) {
  if (!own_memory::InUse()) return;
  void* const part = PartOf(table, group);
  if (part != functions.theap_get_default()) functions.theap_set_default(part);
}

bool MakeHeap(uint32_t group) {
  const Exempt exempt;
  return HeapOf(group) != nullptr;
}

bool HasHeap(uint32_t group) { return heaps[group].load(std::memory_order_acquire) != nullptr; }

Shared::Shared(const ThreadRecord& record) {
  const Table* const table = Of(record);
  if (table == nullptr || !own_memory::InUse()) return;
  void* const now = functions.theap_get_default();
  if (now == table->parts[kShared]) return;
  before_ = now;
  functions.theap_set_default(table->parts[kShared]);
}

Shared::~Shared() {
  if (before_ != nullptr) functions.theap_set_default(before_);
}

}  // namespace memgov::mimalloc::pool_heaps
