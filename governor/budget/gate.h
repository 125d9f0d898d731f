// The gate: may the engine take this much fresh memory from the kernel? One relaxed addition and comparison
// while the answer is yes; the slow path reads what is charged before anybody is refused.
//
// Fresh is memory that the process did not have: pages handed out clean. What an engine hands out again from
// pages it held costs nothing and passes uncounted.
//
// Safety: any thread, from within malloc, but with no lock held for Ask; no allocation.
#ifndef MEMGOV_GOVERNOR_BUDGET_GATE_H_
#define MEMGOV_GOVERNOR_BUDGET_GATE_H_

#include <stddef.h>
#include <stdint.h>

#include <atomic>

namespace memgov::gate {

// Requests from here on fail first: a failed buffer is handled by more programs than a failed node.
constexpr size_t kBigBytes = size_t{64} << 10;

// `fresh` counts bytes since the start. A ceiling is the value of `fresh` up to which nobody need ask: what
// is fresh when a reading was taken, plus what that reading left. All relaxed: a reading is always behind
// what happens, and Ask looks again before it refuses.
struct State {
  std::atomic<uint64_t> fresh{0};
  std::atomic<uint64_t> big_ceiling{UINT64_MAX};
  std::atomic<uint64_t> small_ceiling{UINT64_MAX};
};
extern constinit State state;

// Counts them, and true, while no budget is near. False: nothing was counted; ask.
inline bool TryTake(uint64_t bytes, bool big) {
  const uint64_t ceiling = (big ? state.big_ceiling : state.small_ceiling).load(std::memory_order_relaxed);
  const uint64_t now = state.fresh.fetch_add(bytes, std::memory_order_relaxed) + bytes;
  if (now <= ceiling) [[likely]]
    return true;
  state.fresh.fetch_sub(bytes, std::memory_order_relaxed);
  return false;
}

// Cold: a fresh reading, one bounded emergency release, and the answer. True: counted, take them whatever
// TryTake would say. errno may be anything.
bool Ask(uint64_t bytes, bool big);

}  // namespace memgov::gate

#endif  // MEMGOV_GOVERNOR_BUDGET_GATE_H_
