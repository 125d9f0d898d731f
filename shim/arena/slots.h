// Slots: the caches of free blocks, one for each CPU (or concurrency id) and group of shards. No block belongs
// to a thread.
//
// A slot holds, for each class, a count, a limit and that many pointers. Two ways to work on one, chosen when
// memgov starts and the same for all threads:
//   restartable sequences (rseq.h): no atomic instruction at all;
//   portable: a compare-exchange of `busy` to take the slot, a plain release store to leave it. Only tried: who
//   finds it taken goes to the shard for one block, since the holder may be off the CPU.
//
// Invariants
// - A block is in one place: handed out, in one cell of one slot, or free in its slab.
// - A cell is changed only through a table's entry that is not 0 (a sequence), under `busy` (portable), or by
//   who has stopped the slot: entry 0 and a fence (sequences), or `busy` taken (portable).
// - Tables of the two ways are different arrays. When membarrier is refused after it had been granted, memgov
//   goes from sequences to portable for good: entries of the sequences' tables stay 0, so a thread that still
//   tries one finds nothing.
// - limit <= capacity of the class; the sum of limit x bytes over a slot's cells is `limit_bytes`.
//
// Safety: Pop and Push: any thread, also in a signal handler that interrupted either; neither blocks. The rest
// is the slow path's and the governor's; one lock (rank kSlots).
#ifndef MEMGOV_SHIM_ARENA_SLOTS_H_
#define MEMGOV_SHIM_ARENA_SLOTS_H_

#include <stddef.h>
#include <stdint.h>

#include <atomic>

#include "governor/base/futex_lock.h"
#include "shim/arena/page_entry.h"
#include "shim/arena/rseq.h"

namespace memgov::arena::slots {

// One class in a slot: a head, and `limit` blocks directly behind it, through as many lines as it takes.
struct alignas(kLineBytes) Cell {
  std::atomic<uint16_t> count{0};
  std::atomic<uint16_t> limit{0};

  void** Blocks() { return reinterpret_cast<void**>(this) + 1; }
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
  Slot* next = nullptr;                        // list of all; written before it is published
  bool in_hand = false;                      // Stop has it; under the slots' lock
  bool lost = false;                         // Stop waited for it in vain; under the slots' lock
};
static_assert(sizeof(Slot) == kSlotLines * kLineBytes);

using Table = std::atomic<intptr_t>[kMostIds];
static_assert(sizeof(Table) == size_t{1} << kGroupShift);

extern constinit Slot dead;
// By group and id: the slot's distance from `dead`. Release; sequences need no acquire, for their loads depend
// on it.
extern constinit Table sequence_tables[kMostGroups];
extern constinit Table portable_tables[kMostGroups];
extern constinit Table dead_tables[kMostGroups];  // never written

enum class Way : uint8_t { kNone, kSequences, kPortable };
extern constinit std::atomic<Way> way;  // relaxed: see the third invariant

// What a thread knows of slots: nothing that would have to be cleaned up. Its own only.
struct ThreadView {
  const char* tables;  // those in use; dead_tables until the thread's first slow path, and in vfork children
  const char* own;     // the table of the group that this thread allocates from
};
extern constinit thread_local ThreadView view;

void* PortablePop(const void* table, uint32_t line);
bool PortablePush(const void* table, uint32_t line, void* block);

__attribute__((always_inline)) inline void* Pop(const void* table, uint32_t line) {
#if MEMGOV_HAS_RSEQ
  if (way.load(std::memory_order_relaxed) == Way::kSequences) [[likely]]
    return RseqPop(table, &dead.cells[line]);
#endif
  return PortablePop(table, line);
}

__attribute__((always_inline)) inline bool Push(const void* table, uint32_t line, void* block) {
#if MEMGOV_HAS_RSEQ
  if (way.load(std::memory_order_relaxed) == Way::kSequences) [[likely]]
    return RseqPush(table, &dead.cells[line], block);
#endif
  return PortablePush(table, line, block);
}

// In the constructor: chooses the way, by MEMGOV_SLOTS and by what the system offers.
void Start(Way wanted);

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
// those in which a class was kept from growing. Returns the bytes. Threads do without slots meanwhile. One at a
// time (the release lock).
uint64_t Drain(bool only_starved);

// Bytes in slots of `group`; of all with kMostGroups. Without a stop: a picture of a moment.
uint64_t CachedBytes(uint32_t group);
uint64_t SlotMetadataBytes();
bool AnyStarved();

// For fork and verify: no slot changes between the two, whatever other threads do. Stop takes the slots' lock.
FutexLock& Lock();
void Stop();
void Restart();
void RestartInChild();
// Slots that Stop found taken and could not wait for: their holder is gone (a vfork child that was killed).
uint64_t LostSlots();
// Stopped: blocks of this class in slots of `group`.
uint64_t CachedBlocks(uint32_t group, uint32_t size_class);
// Stopped: calls for each block.
void ForEachBlock(void (*visit)(void* block, uint32_t size_class, void* context), void* context);

// For tests: threads number their slots by this thread-local word (an offset from the thread pointer).
void UseIdsAt(intptr_t offset);

}  // namespace memgov::arena::slots

#endif  // MEMGOV_SHIM_ARENA_SLOTS_H_
