#include "shim/arena/slots.h"

#include <sched.h>
#include <sys/auxv.h>

#include "governor/base/os.h"
#include "governor/pools/thread_registry.h"
#include "shim/arena/shards.h"
#include "shim/next_symbol.h"

namespace memgov::arena {

constinit RseqArea rseq_area;

namespace slots {

constinit Slot dead;
constinit Table sequence_tables[kMostGroups];
constinit Table portable_tables[kMostGroups];
constinit Table dead_tables[kMostGroups];
constinit std::atomic<Way> way{Way::kNone};
constinit thread_local ThreadView view{reinterpret_cast<const char*>(&dead_tables),
                                       reinterpret_cast<const char*>(&dead_tables)};

namespace {

constexpr int64_t kMostSlotBytes = 512 << 10;
constexpr int64_t kMostBytes = 32 << 20;
constexpr uint16_t kFirstLimit = 4;

constinit FutexLock slots_lock{LockRank::kSlots};
// Under slots_lock; the list itself is read without it.
constinit std::atomic<Slot*> first_slot{nullptr};
constinit bool stopped = false;                     // under slots_lock
constinit std::atomic<int64_t> all_limit_bytes{0};  // relaxed
constinit std::atomic<uint64_t> slot_count{0};
constinit std::atomic<uint64_t> lost_slots{0};

intptr_t DistanceOf(const Slot* slot) {
  return reinterpret_cast<intptr_t>(slot) - reinterpret_cast<intptr_t>(&dead);
}

Slot* SlotAt(intptr_t distance) {
  return distance == 0 ? nullptr : reinterpret_cast<Slot*>(reinterpret_cast<intptr_t>(&dead) + distance);
}

std::atomic<intptr_t>& EntryOf(const Slot& slot) {
  return (way.load(std::memory_order_relaxed) == Way::kSequences ? sequence_tables
                                                                 : portable_tables)[slot.group][slot.id];
}

bool TryTake(Slot& slot) {
  uint32_t expected = 0;
  return slot.busy.load(std::memory_order_relaxed) == 0 &&
         slot.busy.compare_exchange_strong(expected, 1, std::memory_order_acquire, std::memory_order_relaxed);
}

void Leave(Slot& slot) { slot.busy.store(0, std::memory_order_release); }

Slot* PortableSlot(const void* table) {
  const uint32_t id = CurrentId();
  if (id >= kMostIds) return nullptr;
  return SlotAt((*static_cast<const Table*>(table))[id].load(std::memory_order_acquire));
}

template <typename F>
void ForEachSlot(F&& visit) {
  for (Slot* slot = first_slot.load(std::memory_order_acquire); slot != nullptr; slot = slot->next)
    visit(*slot);
}

bool Exists(uint32_t group, uint32_t id) {
  bool found = false;
  ForEachSlot([&](const Slot& slot) { found = found || (slot.group == group && slot.id == id); });
  return found;
}

// A slot whose entry is 0 although it exists is stopped.
Slot* Make(uint32_t group, uint32_t id) {
  if (Exists(group, id) || !slots_lock.TryLock()) return nullptr;
  Slot* slot = nullptr;
  if (!stopped && !Exists(group, id)) slot = static_cast<Slot*>(os::MapAnonymous(sizeof(Slot)));
  if (slot != nullptr) {
    slot->group = group;
    slot->id = id;
    slot->next = first_slot.load(std::memory_order_relaxed);
    first_slot.store(slot, std::memory_order_release);
    slot_count.fetch_add(1, std::memory_order_relaxed);
    EntryOf(*slot).store(DistanceOf(slot), std::memory_order_release);
  }
  slots_lock.Unlock();
  return slot;
}

// --- which way ---

constexpr unsigned long kAuxRseqFeatureSize = 27;  // AT_RSEQ_FEATURE_SIZE, Linux 6.3
constexpr unsigned long kSizeWithConcurrencyId = 28;
constexpr intptr_t kCpuIdOffset = 4;          // struct rseq: cpu_id
constexpr intptr_t kConcurrencyIdOffset = 24;  // mm_cid

// Symbols of glibc 2.35 and later; __rseq_size is 0 where it registered nothing. The concurrency id counts the
// threads that run at a time, not the CPUs of the machine.
bool FindArea() {
  const auto* size = static_cast<const unsigned*>(FindFirstSymbol("__rseq_size"));
  const auto* offset = static_cast<const ptrdiff_t*>(FindFirstSymbol("__rseq_offset"));
  if (size == nullptr || offset == nullptr || *size == 0) return false;
  rseq_area.area = *offset;
  const bool has_concurrency_id = getauxval(kAuxRseqFeatureSize) >= kSizeWithConcurrencyId;
  rseq_area.id = *offset + (has_concurrency_id ? kConcurrencyIdOffset : kCpuIdOffset);
  return true;
}

bool CanRestart() {
  return os::Membarrier(os::Barrier::kRegisterRestart) == 0 && os::Membarrier(os::Barrier::kRestart) == 0;
}

// --- stopping ---

constexpr int kMostWaits = 100;
constexpr uint64_t kWaitNs = 1000000;

// Membarrier was granted when memgov started and is not any more: a filter came. What was under way when the
// entries became 0 is over within the time that a few instructions take, or is started again by the switch
// that interrupts it; entries stay 0, and everybody changes to the other way.
void GiveUpSequences() {
  constexpr uint64_t kLongEnoughNs = 20000000;
  os::SleepNanoseconds(kLongEnoughNs);
  way.store(Way::kPortable, std::memory_order_seq_cst);
}

void StopSequences() {
  ForEachSlot([](Slot& slot) {
    EntryOf(slot).store(0, std::memory_order_seq_cst);
    slot.in_hand = true;
  });
  if (os::Membarrier(os::Barrier::kRestart) == 0) return;
  GiveUpSequences();
  ForEachSlot([](Slot& slot) { slot.busy.store(1, std::memory_order_relaxed); });
}

// One that was waited for in vain is not waited for again.
void TakeSlot(Slot& slot) {
  const int most_waits = slot.lost ? 0 : kMostWaits;
  slot.in_hand = TryTake(slot);
  for (int waits = 0; waits < most_waits && !slot.in_hand; ++waits) {
    os::SleepNanoseconds(kWaitNs);
    slot.in_hand = TryTake(slot);
  }
  if (!slot.in_hand && !slot.lost) lost_slots.fetch_add(1, std::memory_order_relaxed);
  slot.lost = !slot.in_hand;
}

void StopLocked() {
  stopped = true;
  if (way.load(std::memory_order_relaxed) == Way::kSequences) return StopSequences();
  ForEachSlot([](Slot& slot) { TakeSlot(slot); });
}

void RestartLocked() {
  stopped = false;
  const bool sequences = way.load(std::memory_order_relaxed) == Way::kSequences;
  ForEachSlot([&](Slot& slot) {
    EntryOf(slot).store(DistanceOf(&slot), std::memory_order_release);
    if (!sequences && slot.in_hand) Leave(slot);
    slot.in_hand = false;
  });
}

uint64_t EmptyCell(Slot& slot, uint32_t size_class) {
  const SizeClass& made = kSizeClasses[size_class];
  Cell& cell = slot.cells[made.line];
  const uint16_t limit = cell.limit.exchange(0, std::memory_order_relaxed);
  slot.limit_bytes.fetch_sub(int64_t{limit} * made.bytes, std::memory_order_relaxed);
  all_limit_bytes.fetch_sub(int64_t{limit} * made.bytes, std::memory_order_relaxed);
  const uint32_t count = cell.count.load(std::memory_order_relaxed);
  cell.count.store(0, std::memory_order_relaxed);
  for (uint32_t done = 0; done < count; done += shards::kMostBatch) {
    const uint32_t rest = count - done;
    shards::Return(size_class, cell.Blocks() + done, rest < shards::kMostBatch ? rest : shards::kMostBatch);
  }
  return uint64_t{count} * made.bytes;
}

uint64_t EmptySlot(Slot& slot) {
  uint64_t bytes = 0;
  for (uint32_t size_class = 0; size_class < kClasses; ++size_class) bytes += EmptyCell(slot, size_class);
  slot.starved.store(0, std::memory_order_relaxed);
  return bytes;
}

}  // namespace

uint32_t CurrentId() {
  if (rseq_area.id == 0) return static_cast<uint32_t>(sched_getcpu());
  const char* thread = static_cast<const char*>(__builtin_thread_pointer());
  return *reinterpret_cast<const volatile uint32_t*>(thread + rseq_area.id);
}

void* PortablePop(const void* table, uint32_t line) {
  Slot* slot = PortableSlot(table);
  if (slot == nullptr || !TryTake(*slot)) return nullptr;
  Cell& cell = slot->cells[line];
  const uint16_t count = cell.count.load(std::memory_order_relaxed);
  void* block = nullptr;
  if (count != 0) {
    block = cell.Blocks()[count - 1];
    cell.count.store(static_cast<uint16_t>(count - 1), std::memory_order_relaxed);
  }
  Leave(*slot);
  return block;
}

bool PortablePush(const void* table, uint32_t line, void* block) {
  Slot* slot = PortableSlot(table);
  if (slot == nullptr || !TryTake(*slot)) return false;
  Cell& cell = slot->cells[line];
  const uint16_t count = cell.count.load(std::memory_order_relaxed);
  const bool has_room = count < cell.limit.load(std::memory_order_relaxed);
  if (has_room) {
    cell.Blocks()[count] = block;
    cell.count.store(static_cast<uint16_t>(count + 1), std::memory_order_relaxed);
  }
  Leave(*slot);
  return has_room;
}

void Start(Way wanted) {
  const bool has_area = FindArea();
  Way chosen = wanted;
  if (wanted == Way::kSequences && (MEMGOV_HAS_RSEQ == 0 || !has_area || !CanRestart())) chosen = Way::kPortable;
  way.store(chosen, std::memory_order_release);
}

bool Attach(uint32_t group) {
  ThreadRecord* record = threads::current;
  if (record != nullptr) {
    const pid_t marked = record->vfork_thread.load(std::memory_order_relaxed);
    if (marked != 0 && marked != os::ThreadId()) return false;
    if (marked != 0) record->vfork_thread.store(0, std::memory_order_relaxed);
  }
  const Way now = way.load(std::memory_order_acquire);
  if (now == Way::kNone) return false;
  const Table* tables = now == Way::kSequences ? sequence_tables : portable_tables;
  view.tables = reinterpret_cast<const char*>(tables);
  view.own = reinterpret_cast<const char*>(&tables[group]);
  return true;
}

void Detach() { view.tables = view.own = reinterpret_cast<const char*>(&dead_tables); }

Slot* Current(uint32_t group) {
  const uint32_t id = CurrentId();
  if (id >= kMostIds || view.tables == reinterpret_cast<const char*>(&dead_tables)) return nullptr;
  const auto* tables = reinterpret_cast<const Table*>(view.tables);
  Slot* slot = SlotAt(tables[group][id].load(std::memory_order_acquire));
  return slot != nullptr ? slot : Make(group, id);
}

void GrowLimit(Slot& slot, uint32_t size_class) {
  const SizeClass& made = kSizeClasses[size_class];
  Cell& cell = slot.cells[made.line];
  uint16_t limit = cell.limit.load(std::memory_order_relaxed);
  if (limit >= made.capacity) return;
  const uint32_t doubled = limit == 0 ? kFirstLimit : limit * 2U;
  const uint16_t more = static_cast<uint16_t>(doubled < made.capacity ? doubled : made.capacity);
  const int64_t bytes = int64_t{more - limit} * made.bytes;
  const int64_t slot_bytes = slot.limit_bytes.fetch_add(bytes, std::memory_order_relaxed) + bytes;
  const int64_t all_bytes = all_limit_bytes.fetch_add(bytes, std::memory_order_relaxed) + bytes;
  const bool fits = slot_bytes <= kMostSlotBytes && all_bytes <= kMostBytes;
  if (fits && cell.limit.compare_exchange_strong(limit, more, std::memory_order_relaxed)) return;
  if (!fits) slot.starved.store(1, std::memory_order_relaxed);
  slot.limit_bytes.fetch_sub(bytes, std::memory_order_relaxed);
  all_limit_bytes.fetch_sub(bytes, std::memory_order_relaxed);
}

uint64_t Drain(bool only_starved) {
  uint64_t bytes = 0;
  slots_lock.Lock();
  StopLocked();
  ForEachSlot([&](Slot& slot) {
    if (!slot.in_hand) return;
    if (!only_starved || slot.starved.load(std::memory_order_relaxed) != 0) bytes += EmptySlot(slot);
  });
  RestartLocked();
  slots_lock.Unlock();
  return bytes;
}

uint64_t CachedBytes(uint32_t group) {
  uint64_t bytes = 0;
  ForEachSlot([&](const Slot& slot) {
    if (group != kMostGroups && slot.group != group) return;
    for (const SizeClass& made : kSizeClasses) {
      bytes += uint64_t{slot.cells[made.line].count.load(std::memory_order_relaxed)} * made.bytes;
    }
  });
  return bytes;
}

uint64_t SlotMetadataBytes() { return slot_count.load(std::memory_order_relaxed) * sizeof(Slot); }

bool AnyStarved() {
  bool any = false;
  ForEachSlot([&](const Slot& slot) { any = any || slot.starved.load(std::memory_order_relaxed) != 0; });
  return any;
}

FutexLock& Lock() { return slots_lock; }

void Stop() {
  slots_lock.Lock();
  StopLocked();
}

void Restart() {
  RestartLocked();
  slots_lock.Unlock();
}

// Slots that somebody else had in the middle of an operation start empty: whatever was in them is nobody's.
void RestartInChild() {
  ForEachSlot([](Slot& slot) {
    if (slot.in_hand) return;
    for (const SizeClass& made : kSizeClasses) {
      slot.cells[made.line].count.store(0, std::memory_order_relaxed);
      slot.cells[made.line].limit.store(0, std::memory_order_relaxed);
    }
    all_limit_bytes.fetch_sub(slot.limit_bytes.exchange(0, std::memory_order_relaxed),
                              std::memory_order_relaxed);
    slot.lost = false;
    slot.in_hand = true;
  });
  RestartLocked();
  slots_lock.ReleaseInChild();
}

uint64_t LostSlots() { return lost_slots.load(std::memory_order_relaxed); }

uint64_t CachedBlocks(uint32_t group, uint32_t size_class) {
  uint64_t blocks = 0;
  ForEachSlot([&](const Slot& slot) {
    if (slot.group == group)
      blocks += slot.cells[kSizeClasses[size_class].line].count.load(std::memory_order_relaxed);
  });
  return blocks;
}

void ForEachBlock(void (*visit)(void* block, uint32_t size_class, void* context), void* context) {
  ForEachSlot([&](Slot& slot) {
    for (uint32_t size_class = 0; size_class < kClasses; ++size_class) {
      Cell& cell = slot.cells[kSizeClasses[size_class].line];
      const uint32_t count = cell.count.load(std::memory_order_relaxed);
      for (uint32_t index = 0; index < count; ++index) visit(cell.Blocks()[index], size_class, context);
    }
  });
}

void UseIdsAt(intptr_t offset) { rseq_area.id = offset; }

}  // namespace slots
}  // namespace memgov::arena
