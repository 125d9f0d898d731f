// The gate: may the engine take this much fresh memory from the kernel? One relaxed addition and comparison
// while the answer is yes; the slow path reads what is charged before anybody is refused.
//
// Fresh is memory that the process did not have: pages handed out clean. What an engine hands out again from
// pages it held costs nothing and passes uncounted.
//
// Safety: any thread, from within malloc; Ask with no lock held and outside the engine's guard; no
// allocation.
#ifndef MEMGOV_GOVERNOR_BUDGET_GATE_H_
#define MEMGOV_GOVERNOR_BUDGET_GATE_H_

#include <stddef.h>
#include <stdint.h>

#include <atomic>

namespace memgov::gate {

// Requests from here on fail first: a failed buffer is handled by more programs than a failed node.
constexpr size_t kBigBytes = size_t{64} << 10;

// The first question comes early: a process that has no governor yet learns its budget by it.
constexpr uint64_t kFirstCeiling = 16 << 20;

// `fresh` counts bytes since the start. A ceiling is the value of `fresh` up to which nobody need ask: what
// was fresh when a reading was taken, plus what that reading left. All relaxed: a reading is always behind
// what happens, and Ask looks again before it refuses.
struct State {
  std::atomic<uint64_t> fresh{0};
  std::atomic<uint64_t> big_ceiling{kFirstCeiling};
  std::atomic<uint64_t> small_ceiling{kFirstCeiling};
};
extern constinit State state;

inline std::atomic<uint64_t>& CeilingFor(bool big) { return big ? state.big_ceiling : state.small_ceiling; }

// Counts them, and true, while no budget is near. False: nothing was counted; ask.
inline bool TryTake(uint64_t bytes, bool big) {
  const uint64_t now = state.fresh.fetch_add(bytes, std::memory_order_relaxed) + bytes;
  if (now <= CeilingFor(big).load(std::memory_order_relaxed)) [[likely]]
    return true;
  state.fresh.fetch_sub(bytes, std::memory_order_relaxed);
  return false;
}

// They were not to be had after all.
inline void Untake(uint64_t bytes) { state.fresh.fetch_sub(bytes, std::memory_order_relaxed); }

// Would TryTake say no?
inline bool IsClosed(uint64_t bytes, bool big) {
  return state.fresh.load(std::memory_order_relaxed) + bytes >
         CeilingFor(big).load(std::memory_order_relaxed);
}

// Cold: a fresh reading, one bounded emergency release, and the answer. True: TryTake will count them now,
// unless another thread was faster. False: refused, and counted as that. errno is kept.
bool Ask(uint64_t bytes, bool big);

// How often whoever is told yes tries again before it takes that for a no.
constexpr int kMostQuestions = 16;

// TryTake, and Ask when that says no: for callers that hold no lock.
inline bool Take(uint64_t bytes, bool big) {
  for (int question = 0; question < kMostQuestions; ++question) {
    if (TryTake(bytes, big)) [[likely]]
      return true;
    if (!Ask(bytes, big)) return false;
  }
  return false;
}

}  // namespace memgov::gate

#endif  // MEMGOV_GOVERNOR_BUDGET_GATE_H_
