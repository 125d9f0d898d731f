// Slots: the caches of free blocks, one for each CPU (or concurrency id) and group of shards. No block
// belongs to a thread.
//
// A slot holds, for each class, a cursor, an end and the blocks between. Two ways to work on one, chosen when
// memgov starts and the same for all threads:
//   restartable sequences (rseq.h): no atomic instruction at all;
//   portable: a compare-exchange of `busy` to take the slot, a plain release store to leave it. Only tried:
//   who finds it taken goes to the shard for one block, since the holder may be off the CPU.
//
// Invariants
// - A block is in one place: handed out, in one cell of one slot, or free in its slab.
// - A cell is changed only through a table's entry (a sequence), under `busy` (portable), or by who has
//   stopped the slot: entry `dead` and a fence (sequences), or `busy` taken (portable).
// - Tables of the two ways are different arrays. When membarrier is refused after it had been granted, memgov
//   goes from sequences to portable for good: entries of the sequences' tables stay `dead`, so a thread that
//   still tries one finds nothing.
// - limit (end - begin) <= capacity of the class; the sum of limit x bytes over a slot's cells is its
//   `limit_bytes`.
// - Between drains a limit only grows; a push that saw the old one is within the new.
//
// Safety: Pop and Push: any thread, also in a signal handler that interrupted either; neither blocks. The
// rest is the slow path's and the governor's; one lock (rank kSlots).
#ifndef MEMGOV_SHIM_ARENA_SLOTS_H_
#define MEMGOV_SHIM_ARENA_SLOTS_H_

#include <stddef.h>
#include <stdint.h>

#include <atomic>

#include "governor/base/futex_lock.h"
#include "shim/arena/page_entry.h"
#include "shim/arena/rseq.h"

namespace memgov::arena::slots {

// One class in a slot: a head, and blocks directly behind it, through as many lines as it takes. From Begin()
// to the cursor there are blocks, from there to the end there is room. The word before the first block is
// always zero: who pops it has come to the begin.
struct alignas(kLineBytes) Cell {
  std::atomic<void**> cursor{nullptr};
  std::atomic<void**> end{nullptr};
  void* no_block = nullptr;

  void** Begin() { return reinterpret_cast<void**>(this) + 3; }
  void* const* Begin() const { return reinterpret_cast<void* const*>(this) + 3; }
  uint64_t Count() const { return static_cast<uint64_t>(cursor.load(std::memory_order_relaxed) - Begin()); }
  uint64_t Limit() const { return static_cast<uint64_t>(end.load(std::memory_order_relaxed) - Begin()); }
};
static_assert(sizeof(Cell) == kLineBytes);

struct alignas(64) Slot {
  Cell cells[kSlotLines - 1];
  // The last line.
  std::atomic<uint32_t> busy{0};
  uint32_t id = 0;
  uint32_t group = 0;
  std::atomic<uint32_t> starved{0};     // a limit could not grow since the last drain
  std::atomic<int64_t> limit_bytes{0};  // relaxed: each change is one fetch_add
  Slot* next = nullptr;                 // list of all; written before it is published
  bool in_hand = false;                 // Stop has it; under the slots' lock
  bool lost = false;                    // Stop waited for it in vain; under the slots' lock
};
static_assert(sizeof(Slot) == kSlotLines * kLineBytes);

// By id. Release; sequences need no acquire, for their loads depend on it. Where there is no slot, or it is
// stopped, tables of sequences have `dead`, a slot that never has a block nor room for one, for they do not
// test; portable ones may have nothing.
using Table = std::atomic<Slot*>[kMostIds];

extern constinit Slot dead;
// By group.
extern constinit Table sequence_tables[kMostGroups];
extern constinit Table portable_tables[kMostGroups];

enum class Way : uint8_t { kNone, kSequences, kPortable };
extern constinit std::atomic<Way> way;  // relaxed: see the third invariant

// What a thread knows: nothing that would have to be cleaned up. Its own only. What malloc and free need
// comes first. Until the thread's first slow path, in vfork children and with any other way than sequences,
// nothing is left and nothing expected, so that both are out of their fast path without a test of its own.
struct ThreadView {
  std::atomic<uint64_t>* left;  // of its record's sampling interval; or a zero
  const char* own;              // the table of the group that it allocates from
  RseqArea area;
  uint32_t expected;  // kind and group of the slabs whose blocks it pushes: its own group's
  uint32_t own_group;
  const Table* tables;  // those in use; nullptr: not attached
};
extern constinit thread_local ThreadView view;
constexpr uint32_t kNothingExpected = UINT32_MAX;

void* PortablePop(const void* table, uint32_t line);
bool PortablePush(const void* table, uint32_t line, void* block);

// Fast path of malloc: a block from this thread's own table, and `size` off what is left of its sampling
// interval. By sequences or not at all: what else there is to do is called last, so that no stack frame is
// needed: `refused` when the bytes are counted and there is no block, else `uncounted`.
__attribute__((always_inline)) inline void* PopCounted(size_t size, void* (*uncounted)(size_t),
                                                       [[maybe_unused]] void* (*refused)(size_t)) {
#if MEMGOV_HAS_RSEQ
  ThreadView& mine = view;
  std::atomic<uint64_t>* const counter = mine.left;
  const uint64_t left = counter->load(std::memory_order_relaxed);
  if (size >= left) [[unlikely]]
    return uncounted(size);
  uintptr_t cell = 0;
  if (size <= internal::kFine) [[likely]] {
    cell = internal::kCellLookup.fine[(size + 15) / 16];
  } else if (size <= kLargestSmall) {
    cell = internal::kCellLookup.coarse[(size + 127) / 128];
  } else {
    return uncounted(size);
  }
  counter->store(left - size, std::memory_order_relaxed);
  void* block = RseqPop(mine.own, cell, mine.area);
  return block != nullptr ? block : refused(size);
#else
  return uncounted(size);
#endif
}

// Fast path of free: a block of a slab of this thread's own group. False: the slow path.
__attribute__((always_inline)) inline bool TryPushOwn([[maybe_unused]] PageEntry entry,
                                                      [[maybe_unused]] void* block) {
#if MEMGOV_HAS_RSEQ
  const ThreadView& mine = view;
  if (entry.kind_and_group() != mine.expected || !entry.IsBlock(reinterpret_cast<uintptr_t>(block)))
      [[unlikely]]
    return false;
  return RseqPush(mine.own, entry.cell(), block, mine.area);
#else
  return false;
#endif
}

// From the slow path, by whichever way.
void* Pop(const void* table, uint32_t line);
bool Push(const void* table, uint32_t line, void* block);

// In the constructor: chooses the way, by MEMGOV_SLOTS and by what the system offers.
void Start(Way wanted);

// Makes the group's table one for sequences. Before any thread attaches to the group.
void StartTable(uint32_t group);

// Gives this thread the tables in use, its own for `group`. False in a vfork child, and before Start.
bool Attach(uint32_t group);
// For the thread that is about to vfork: its child must not use slots.
void Detach();

// The slot that this thread would use now, made when there is none; nullptr where it has to do without.
Slot* Current(uint32_t group);
// The number by which threads find their slots, at this moment; out of range where there is none.
uint32_t CurrentId();

// A pop found nothing, a push no room: may the class have more? Bounded by 512 KiB a slot and 32 MiB in all.
void GrowLimit(Slot& slot, uint32_t size_class);

// Empties all slots, and lets their limits start again; blocks go back to their slabs. `only_starved`: only
// those in which a class was kept from growing. Returns the bytes. Threads do without slots meanwhile. One at
// a time (the slots' lock, which the caller must not have).
uint64_t Drain(bool only_starved);

// Bytes in slots of `group`; of all with kMostGroups. Without a stop: a picture of a moment.
uint64_t CachedBytes(uint32_t group);
uint64_t SlotMetadataBytes();
bool AnyStarved();
// Whether any slot has a block of this class: a picture of a moment.
bool Holds(uint32_t size_class);

// For fork and verify: no slot changes between the two, whatever other threads do. Stop takes the slots'
// lock; false: this thread has it already (it forks from a signal handler that interrupted itself), and
// nothing is done.
bool Stop();
void Restart();
void RestartInChild();
// Slots that Stop found taken and could not wait for: their holder is gone.
uint64_t LostSlots();
// Stopped: blocks of this class in slots of `group`.
uint64_t CachedBlocks(uint32_t group, uint32_t size_class);
// Stopped: calls for each block.
void ForEachBlock(void (*visit)(void* block, uint32_t size_class, void* context), void* context);

// For tests: threads number their slots by this thread-local word (an offset from the thread pointer).
void UseIdsAt(intptr_t offset);

}  // namespace memgov::arena::slots

#endif  // MEMGOV_SHIM_ARENA_SLOTS_H_
