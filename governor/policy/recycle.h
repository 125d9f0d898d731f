// The recycle hint: would a restart of this process win memory that no release can? Fragmentation is free
// blocks in slabs that others keep open: only their owners' frees, or a restart, give it back.
//
// Safety: no locks, no allocation; one thread at a time; constant-initialized.
//
// Assumptions: readings may jump and restart (fork); a clock that jumps back makes the wait longer, never
// shorter.
#ifndef MEMGOV_GOVERNOR_POLICY_RECYCLE_H_
#define MEMGOV_GOVERNOR_POLICY_RECYCLE_H_

#include <stdint.h>

namespace memgov {

struct RecycleReadings {
  uint64_t now_ns = 0;
  uint64_t live_bytes = 0;
  uint64_t fragmentation_bytes = 0;
  uint64_t held_bytes = 0;
};

struct RecycleAdvice {
  bool advised = false;
  uint64_t recoverable_bytes = 0;  // 0: no such fragmentation
  uint64_t since_ns = 0;           // how long there has been
};

class RecycleHint {
 public:
  // Worth a restart: that much, and that share of what is held.
  static constexpr uint64_t kLeastBytes = uint64_t{64} << 20;
  static constexpr uint64_t kLeastPercent = 50;
  // It is over when either has fallen to this: a burst that fills the holes for a moment does not count.
  static constexpr uint64_t kOverBytes = uint64_t{48} << 20;
  static constexpr uint64_t kOverPercent = 40;
  static constexpr uint64_t kLastingNs = 600 * 1000000000ULL;

  constexpr RecycleHint() = default;

  void Tick(const RecycleReadings& readings);
  // As of the last tick.
  RecycleAdvice current() const { return At(begin_ns_, recoverable_bytes_, last_ns_); }

  // What to publish, for readers who come between two ticks: at rest there are none.
  uint64_t begin_ns() const { return begin_ns_; }
  uint64_t recoverable_bytes() const { return recoverable_bytes_; }
  static RecycleAdvice At(uint64_t begin_ns, uint64_t recoverable_bytes, uint64_t now_ns);

 private:
  uint64_t begin_ns_ = 0;  // meaningless while recoverable_bytes_ is 0
  uint64_t last_ns_ = 0;
  uint64_t recoverable_bytes_ = 0;
};

}  // namespace memgov

#endif  // MEMGOV_GOVERNOR_POLICY_RECYCLE_H_
