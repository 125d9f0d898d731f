// What the parts of the slots share.
#ifndef MEMGOV_SHIM_ARENA_SLOTS_STATE_H_
#define MEMGOV_SHIM_ARENA_SLOTS_STATE_H_

#include "shim/arena/slots.h"

namespace memgov::arena::slots {

extern constinit FutexLock slots_lock;
// Changed under slots_lock; the list itself is read without it.
extern constinit std::atomic<Slot*> first_slot;
extern constinit std::atomic<bool> stopped;             // under slots_lock; others read it as a hint
extern constinit std::atomic<int64_t> all_limit_bytes;  // relaxed

inline std::atomic<Slot*>& EntryOf(const Slot& slot) {
  auto& tables = way.load(std::memory_order_relaxed) == Way::kSequences ? sequence_tables : portable_tables;
  return tables[slot.group][slot.id];
}

inline bool TryTake(Slot& slot) {
  uint32_t expected = 0;
  return slot.busy.load(std::memory_order_relaxed) == 0 &&
         slot.busy.compare_exchange_strong(expected, 1, std::memory_order_acquire, std::memory_order_relaxed);
}

inline void Leave(Slot& slot) { slot.busy.store(0, std::memory_order_release); }

template <typename F>
void ForEachSlot(F&& visit) {
  for (Slot* slot = first_slot.load(std::memory_order_acquire); slot != nullptr; slot = slot->next)
    visit(*slot);
}

// Every cell empty and without room.
void StartCells(Slot& slot);

}  // namespace memgov::arena::slots

#endif  // MEMGOV_SHIM_ARENA_SLOTS_STATE_H_
