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
  // Of these, bytes that went straight back to the kernel, touched or not: mappings of their own that were
  // unmapped. Counted afterwards, relaxed.
  std::atomic<uint64_t> returned{0};
  std::atomic<uint64_t> big_ceiling{kFirstCeiling};
  std::atomic<uint64_t> small_ceiling{kFirstCeiling};
};
extern constinit State state;

inline std::atomic<uint64_t>& CeilingFor(bool big) { return big ? state.big_ceiling : state.small_ceiling; }

// What an attempt on this thread met: the engine's failure alone does not say whether it was the gate's, and
// by the time one asks another thread may have opened it.
struct Attempt {
  bool refused = false;  // set by TryTake
  // TryTake says yes whatever the ceiling: a reading has just agreed, and others were faster.
  bool passes = false;
  bool at_limit = false;  // set by an engine: a pool's own limit, which no reading lifts
  bool exempt = false;    // what an engine needs for itself: no pool's limit applies
};
extern constinit thread_local Attempt attempt;

// Counts them, and true, while no budget is near. False: nothing was counted; ask. Takers at the same moment
// may pass a ceiling together, by one request each: the next reading sees it.
inline bool TryTake(uint64_t bytes, bool big) {
  const uint64_t now = state.fresh.load(std::memory_order_relaxed);
  const uint64_t ceiling = CeilingFor(big).load(std::memory_order_relaxed);
  if (now > ceiling || bytes > ceiling - now) [[unlikely]] {
    if (!attempt.passes) {
      attempt.refused = true;
      return false;
    }
  }
  state.fresh.fetch_add(bytes, std::memory_order_relaxed);
  return true;
}

// The engine unmapped them.
inline void NoteReturned(uint64_t bytes) { state.returned.fetch_add(bytes, std::memory_order_relaxed); }

// They were not to be had after all.
inline void Untake(uint64_t bytes) { state.fresh.fetch_sub(bytes, std::memory_order_relaxed); }

// Cold: a fresh reading, one bounded emergency release, and the answer. True: TryTake will count them now,
// unless another thread is faster. False: Refuse, unless there is another way. errno is kept.
bool Ask(uint64_t bytes, bool big);

// Counts a refusal; Refuse also aborts where MEMGOV_ON_HARD says so.
void CountRefused(uint64_t bytes);
void Refuse(uint64_t bytes);

// An attempt that failed: may it be repeated? Asks when it was the gate that said no; for callers that hold
// no lock. Signal handlers that allocate meanwhile leave the thread's Attempt as they found it.
class Persistence {
 public:
  Persistence(uint64_t bytes, bool big) : before_(attempt), bytes_(bytes), big_(big) { attempt = {}; }
  ~Persistence() { attempt = before_; }
  Persistence(const Persistence&) = delete;
  Persistence& operator=(const Persistence&) = delete;

  bool MayTryAgain() {
    if (!attempt.refused || attempt.passes) return false;
    attempt.refused = false;
    refused_ = !Ask(bytes_, big_);
    if (refused_) return false;
    attempt.passes = ++questions_ == kMostQuestions;
    return true;
  }

  // Nothing was to be had: a refusal, if the gate's answer was no, or a pool is at its limit.
  void GiveUp() const {
    if (refused_) Refuse(bytes_);
    if (!refused_ && attempt.at_limit) CountRefused(bytes_);
  }

 private:
  static constexpr int kMostQuestions = 8;

  const Attempt before_;
  const uint64_t bytes_;
  const bool big_;
  int questions_ = 0;
  bool refused_ = false;
};

// TryTake, and Ask when that says no: for callers that hold no lock.
inline bool Take(uint64_t bytes, bool big) {
  if (TryTake(bytes, big)) [[likely]]
    return true;
  Persistence persistence(bytes, big);
  attempt.refused = true;
  while (persistence.MayTryAgain()) {
    if (TryTake(bytes, big)) return true;
  }
  persistence.GiveUp();
  return false;
}

}  // namespace memgov::gate

#endif  // MEMGOV_GOVERNOR_BUDGET_GATE_H_
