#include "shim/arena/slots.h"

#include <sched.h>
#include <sys/auxv.h>

#include "governor/base/os.h"
#include "governor/pools/thread_registry.h"
#include "shim/arena/slots_state.h"
#include "shim/next_symbol.h"

namespace memgov::arena::slots {

constinit Slot dead;
constinit Table sequence_tables[kMostGroups];
constinit Table portable_tables[kMostGroups];
constinit std::atomic<Way> way{Way::kNone};

namespace {

// A thread without a record, or without sequences, has nothing left of its interval, ever.
constinit std::atomic<uint64_t> nothing_left{0};
constinit RseqArea rseq_area;  // written once, before any slot exists

constexpr ThreadView kDetached{&nothing_left, nullptr, {}, kNothingExpected, 0, nullptr};

}  // namespace

constinit thread_local ThreadView view = kDetached;

constinit FutexLock slots_lock{LockRank::kSlots};
constinit std::atomic<Slot*> first_slot{nullptr};
constinit std::atomic<bool> stopped{false};
constinit std::atomic<int64_t> all_limit_bytes{0};

void StartCells(Slot& slot) {
  for (const SizeClass& made : kSizeClasses) {
    Cell& cell = slot.cells[made.line];
    cell.cursor.store(cell.Begin(), std::memory_order_relaxed);
    cell.end.store(cell.Begin(), std::memory_order_relaxed);
  }
}

namespace {

constinit std::atomic<uint64_t> slot_count{0};

constexpr int64_t kMostSlotBytes = 512 << 10;
constexpr int64_t kMostBytes = 32 << 20;
constexpr uint64_t kFirstLimit = 4;

// nullptr: none, or a stopped one.
Slot* SlotIn(const Table& table, uint32_t id) {
  Slot* slot = table[id].load(std::memory_order_acquire);
  return slot != &dead ? slot : nullptr;
}

Slot* PortableSlot(const void* table) {
  const uint32_t id = CurrentId();
  if (id >= kMostIds) return nullptr;
  return SlotIn(*static_cast<const Table*>(table), id);
}

bool Exists(uint32_t group, uint32_t id) {
  bool found = false;
  ForEachSlot([&](const Slot& slot) { found = found || (slot.group == group && slot.id == id); });
  return found;
}

// Large classes may fill half of a slot, so that they starve nobody; and a small one always gets its first
// few blocks, beyond the bound if need be (80 KiB in all).
int64_t MostBytesFor(const SizeClass& made, uint64_t limit) {
  constexpr uint32_t kSmall = 1024;
  constexpr uint32_t kLarge = 8192;
  if (made.bytes > kLarge) return kMostSlotBytes / 2;
  return limit == 0 && made.bytes <= kSmall ? kMostSlotBytes * 2 : kMostSlotBytes;
}

// A slot that exists although its entry is `dead` is stopped.
Slot* Make(uint32_t group, uint32_t id) {
  if (stopped.load(std::memory_order_relaxed) || Exists(group, id) || !slots_lock.TryLock()) return nullptr;
  Slot* slot = nullptr;
  if (!stopped.load(std::memory_order_relaxed) && !Exists(group, id))
    slot = static_cast<Slot*>(os::MapAnonymous(sizeof(Slot)));
  if (slot != nullptr) {
    slot->group = group;
    slot->id = id;
    StartCells(*slot);
    slot->next = first_slot.load(std::memory_order_relaxed);
    first_slot.store(slot, std::memory_order_release);
    slot_count.fetch_add(1, std::memory_order_relaxed);
    EntryOf(*slot).store(slot, std::memory_order_release);
  }
  slots_lock.Unlock();
  return slot;
}

// --- which way ---

constexpr unsigned long kAuxRseqFeatureSize = 27;  // AT_RSEQ_FEATURE_SIZE, Linux 6.3
constexpr unsigned long kSizeWithConcurrencyId = 28;
constexpr intptr_t kCpuIdOffset = 4;           // struct rseq: cpu_id
constexpr intptr_t kConcurrencyIdOffset = 24;  // mm_cid

// Symbols of glibc 2.35 and later; __rseq_size is 0 where it registered nothing. The concurrency id counts
// the threads that run at a time, not the CPUs of the machine.
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
  void** cursor = cell.cursor.load(std::memory_order_relaxed);
  void* block = nullptr;
  if (cursor > cell.Begin()) {
    block = *--cursor;
    cell.cursor.store(cursor, std::memory_order_relaxed);
  }
  Leave(*slot);
  return block;
}

bool PortablePush(const void* table, uint32_t line, void* block) {
  Slot* slot = PortableSlot(table);
  if (slot == nullptr || !TryTake(*slot)) return false;
  Cell& cell = slot->cells[line];
  void** cursor = cell.cursor.load(std::memory_order_relaxed);
  const bool has_room = cursor < cell.end.load(std::memory_order_relaxed);
  if (has_room) {
    *cursor = block;
    cell.cursor.store(cursor + 1, std::memory_order_relaxed);
  }
  Leave(*slot);
  return has_room;
}

void* Pop(const void* table, uint32_t line) {
#if MEMGOV_HAS_RSEQ
  if (way.load(std::memory_order_relaxed) == Way::kSequences)
    return RseqPop(table, line * kLineBytes, rseq_area);
#endif
  return PortablePop(table, line);
}

bool Push(const void* table, uint32_t line, void* block) {
#if MEMGOV_HAS_RSEQ
  if (way.load(std::memory_order_relaxed) == Way::kSequences)
    return RseqPush(table, line * kLineBytes, block, rseq_area);
#endif
  return PortablePush(table, line, block);
}

void StartTable(uint32_t group) {
  for (uint32_t id = 0; id < kMostIds; ++id) {
    sequence_tables[group][id].store(&dead, std::memory_order_relaxed);
  }
}

void Start(Way wanted) {
  StartCells(dead);
  StartTable(0);
  const bool has_area = FindArea();
  Way chosen = wanted;
  if (wanted == Way::kSequences && (MEMGOV_HAS_RSEQ == 0 || !has_area || !CanRestart()))
    chosen = Way::kPortable;
  way.store(chosen, std::memory_order_release);
}

bool Attach(uint32_t group) {
  ThreadRecord* record = threads::current;
  const pid_t marked = record != nullptr ? record->vfork_thread.load(std::memory_order_relaxed) : 0;
  if (marked != 0 && marked != os::ThreadId()) return false;
  if (marked != 0) record->vfork_thread.store(0, std::memory_order_relaxed);
  const Way now = way.load(std::memory_order_acquire);
  // Without a record nothing would tell a vfork child from its parent.
  if (now == Way::kNone || (now == Way::kSequences && record == nullptr)) return false;
  ThreadView attached = kDetached;
  attached.tables = now == Way::kSequences ? sequence_tables : portable_tables;
  attached.own = reinterpret_cast<const char*>(&attached.tables[group]);
  attached.own_group = group;
  if (now == Way::kSequences) {
    attached.area = rseq_area;
    attached.expected = PageEntry::KindAndGroup(PageKind::kSlab, group);
    attached.left = &record->sample_left;
  }
  // A signal handler may allocate in between: it must not find the fast path open before the rest is there.
  Detach();
  view.tables = attached.tables;
  view.own = attached.own;
  view.own_group = attached.own_group;
  view.area = attached.area;
  std::atomic_signal_fence(std::memory_order_seq_cst);
  view.expected = attached.expected;
  view.left = attached.left;
  return true;
}

void Detach() {
  view.left = kDetached.left;
  view.expected = kDetached.expected;
  std::atomic_signal_fence(std::memory_order_seq_cst);
  view.tables = nullptr;
}

Slot* Current(uint32_t group) {
  const uint32_t id = CurrentId();
  if (id >= kMostIds || view.tables == nullptr) return nullptr;
  Slot* slot = SlotIn(view.tables[group], id);
  return slot != nullptr ? slot : Make(group, id);
}

void GrowLimit(Slot& slot, uint32_t size_class) {
  const SizeClass& made = kSizeClasses[size_class];
  Cell& cell = slot.cells[made.line];
  void** end = cell.end.load(std::memory_order_relaxed);
  const uint64_t limit = static_cast<uint64_t>(end - cell.Begin());
  if (limit >= made.capacity) return;
  const uint64_t doubled = limit == 0 ? kFirstLimit : limit * 2;
  const uint64_t more = doubled < made.capacity ? doubled : made.capacity;
  const int64_t bytes = static_cast<int64_t>((more - limit) * made.bytes);
  const int64_t slot_bytes = slot.limit_bytes.fetch_add(bytes, std::memory_order_relaxed) + bytes;
  const int64_t all_bytes = all_limit_bytes.fetch_add(bytes, std::memory_order_relaxed) + bytes;
  const bool fits = slot_bytes <= MostBytesFor(made, limit) && all_bytes <= kMostBytes;
  if (fits && cell.end.compare_exchange_strong(end, cell.Begin() + more, std::memory_order_relaxed)) return;
  if (!fits) slot.starved.store(1, std::memory_order_relaxed);
  slot.limit_bytes.fetch_sub(bytes, std::memory_order_relaxed);
  all_limit_bytes.fetch_sub(bytes, std::memory_order_relaxed);
}

uint64_t CachedBytes(uint32_t group) {
  uint64_t bytes = 0;
  ForEachSlot([&](const Slot& slot) {
    if (group != kMostGroups && slot.group != group) return;
    for (const SizeClass& made : kSizeClasses) {
      bytes += slot.cells[made.line].Count() * made.bytes;
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

bool Holds(uint32_t size_class) {
  const uint32_t line = kSizeClasses[size_class].line;
  bool any = false;
  ForEachSlot([&](const Slot& slot) { any = any || slot.cells[line].Count() != 0; });
  return any;
}

uint64_t CachedBlocks(uint32_t group, uint32_t size_class) {
  uint64_t blocks = 0;
  ForEachSlot([&](const Slot& slot) {
    if (slot.group == group) blocks += slot.cells[kSizeClasses[size_class].line].Count();
  });
  return blocks;
}

void ForEachBlock(void (*visit)(void* block, uint32_t size_class, void* context), void* context) {
  ForEachSlot([&](Slot& slot) {
    for (uint32_t size_class = 0; size_class < kClasses; ++size_class) {
      Cell& cell = slot.cells[kSizeClasses[size_class].line];
      const uint64_t count = cell.Count();
      for (uint64_t index = 0; index < count; ++index) visit(cell.Begin()[index], size_class, context);
    }
  });
}

void UseIdsAt(intptr_t offset) { rseq_area.id = offset; }

}  // namespace memgov::arena::slots
