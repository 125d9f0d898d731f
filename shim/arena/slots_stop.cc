// Slots that stand still: for a drain, for fork, for verify.
#include "governor/base/os.h"
#include "shim/arena/shards.h"
#include "shim/arena/slots_state.h"

namespace memgov::arena::slots {
namespace {

constinit std::atomic<uint64_t> lost_slots{0};

// In milliseconds, for a thread that has the slot and is kept from running. A drain comes again; at a fork
// what is in the slot would be lost to the child.
constexpr int kDrainWaits = 100;
constexpr int kStopWaits = 1000;
constexpr uint64_t kWaitNs = 1000000;

// Membarrier was granted when memgov started and is not any more: a filter came. What was under way when the
// entries became `dead` is over within the time that a few instructions take, or is started again by the
// switch that interrupts it; entries stay `dead`, and everybody changes to the other way.
void GiveUpSequences() {
  constexpr uint64_t kLongEnoughNs = 20000000;
  os::SleepNanoseconds(kLongEnoughNs);
  way.store(Way::kPortable, std::memory_order_seq_cst);
}

void StopSequences() {
  ForEachSlot([](Slot& slot) {
    EntryOf(slot).store(&dead, std::memory_order_seq_cst);
    slot.in_hand = true;
  });
  if (os::Membarrier(os::Barrier::kRestart) == 0) return;
  GiveUpSequences();
  ForEachSlot([](Slot& slot) { slot.busy.store(1, std::memory_order_relaxed); });
}

// One that was waited for in vain is not waited for again.
void TakeSlot(Slot& slot, int most_waits) {
  if (slot.lost) most_waits = 0;
  slot.in_hand = TryTake(slot);
  for (int waits = 0; waits < most_waits && !slot.in_hand; ++waits) {
    os::SleepNanoseconds(kWaitNs);
    slot.in_hand = TryTake(slot);
  }
  if (!slot.in_hand && !slot.lost) lost_slots.fetch_add(1, std::memory_order_relaxed);
  slot.lost = !slot.in_hand;
}

void StopLocked(int most_waits) {
  stopped.store(true, std::memory_order_relaxed);
  if (way.load(std::memory_order_relaxed) == Way::kSequences) return StopSequences();
  ForEachSlot([=](Slot& slot) { TakeSlot(slot, most_waits); });
}

void RestartLocked() {
  stopped.store(false, std::memory_order_relaxed);
  const bool sequences = way.load(std::memory_order_relaxed) == Way::kSequences;
  ForEachSlot([&](Slot& slot) {
    EntryOf(slot).store(&slot, std::memory_order_release);
    if (!sequences && slot.in_hand) Leave(slot);
    slot.in_hand = false;
  });
}

uint64_t EmptyCell(Slot& slot, uint32_t size_class) {
  const SizeClass& made = kSizeClasses[size_class];
  Cell& cell = slot.cells[made.line];
  void** const end = cell.end.exchange(cell.Begin(), std::memory_order_relaxed);  // beside GrowLimit
  const int64_t limit_bytes = static_cast<int64_t>(static_cast<uint64_t>(end - cell.Begin()) * made.bytes);
  slot.limit_bytes.fetch_sub(limit_bytes, std::memory_order_relaxed);
  all_limit_bytes.fetch_sub(limit_bytes, std::memory_order_relaxed);
  const uint64_t count = cell.Count();
  cell.cursor.store(cell.Begin(), std::memory_order_relaxed);
  for (uint64_t done = 0; done < count; done += shards::kMostBatch) {
    const uint64_t rest = count - done < shards::kMostBatch ? count - done : shards::kMostBatch;
    shards::Return(size_class, cell.Begin() + done, static_cast<uint32_t>(rest));
  }
  return count * made.bytes;
}

uint64_t EmptySlot(Slot& slot) {
  uint64_t bytes = 0;
  for (uint32_t size_class = 0; size_class < kClasses; ++size_class) bytes += EmptyCell(slot, size_class);
  slot.starved.store(0, std::memory_order_relaxed);
  return bytes;
}

}  // namespace

uint64_t Drain(bool only_starved) {
  uint64_t bytes = 0;
  slots_lock.Lock();
  StopLocked(kDrainWaits);
  ForEachSlot([&](Slot& slot) {
    if (!slot.in_hand) return;
    if (!only_starved || slot.starved.load(std::memory_order_relaxed) != 0) bytes += EmptySlot(slot);
  });
  RestartLocked();
  slots_lock.Unlock();
  return bytes;
}

bool Stop() {
  if (!slots_lock.LockForFork()) return false;
  StopLocked(kStopWaits);
  return true;
}

void Restart() {
  RestartLocked();
  slots_lock.LeaveAfterFork();
}

namespace {

// Threads that were about to change a limit when the child came into being never did.
int64_t RecountLimits(Slot& slot) {
  int64_t bytes = 0;
  for (const SizeClass& made : kSizeClasses) {
    bytes += static_cast<int64_t>(slot.cells[made.line].Limit() * made.bytes);
  }
  slot.limit_bytes.store(bytes, std::memory_order_relaxed);
  return bytes;
}

}  // namespace

// Slots that somebody else had in the middle of an operation start empty: whatever was in them is nobody's.
void RestartInChild() {
  int64_t bytes = 0;
  ForEachSlot([&](Slot& slot) {
    if (!slot.in_hand) StartCells(slot);
    slot.lost = false;
    slot.in_hand = true;
    bytes += RecountLimits(slot);
  });
  all_limit_bytes.store(bytes, std::memory_order_relaxed);
  Restart();
}

uint64_t LostSlots() { return lost_slots.load(std::memory_order_relaxed); }

}  // namespace memgov::arena::slots
