// How much of the fresh memory that was handed out is not charged yet: a page costs nothing until it is
// touched, and the kernel counts in batches. Pure.
//
// What was handed out and did not show up as growth is in flight; after kHalfLifeNs half of it is taken to be
// charged already (or given back since, which hides growth), so that a long pause between two readings says
// nothing.
//
// Safety: no locks, no allocation; one thread at a time; constant-initialized. A fork child begins anew.
#ifndef MEMGOV_GOVERNOR_POLICY_IN_FLIGHT_H_
#define MEMGOV_GOVERNOR_POLICY_IN_FLIGHT_H_

#include <stdint.h>

namespace memgov {

class InFlight {
 public:
  // A first touch of 1 MiB takes 0.6 ms; a thread that has to wait for a CPU under load some milliseconds.
  static constexpr uint64_t kHalfLifeNs = 20 * 1000000ULL;

  constexpr InFlight() = default;

  // With each reading; returns the bytes in flight. A reading that is late (its count of fresh bytes is lower
  // than one seen before) hands nothing out.
  uint64_t Note(uint64_t now_ns, uint64_t fresh_bytes, uint64_t charged_bytes) {
    const bool first = fresh_bytes_ == 0 && decayed_ns_ == 0;
    const uint64_t handed_out = !first && fresh_bytes > fresh_bytes_ ? fresh_bytes - fresh_bytes_ : 0;
    const uint64_t growth = charged_bytes > charged_bytes_ ? charged_bytes - charged_bytes_ : 0;
    const uint64_t before = bytes_ + handed_out;
    bytes_ = before > growth ? before - growth : 0;
    Decay(now_ns);
    if (fresh_bytes > fresh_bytes_) fresh_bytes_ = fresh_bytes;
    charged_bytes_ = charged_bytes;
    return bytes_;
  }

 private:
  // In whole half-lives: what is left of one counts with the next call, or readings in quick succession would
  // stop it.
  void Decay(uint64_t now_ns) {
    if (now_ns < decayed_ns_ || decayed_ns_ == 0) {
      decayed_ns_ = now_ns;
      return;
    }
    const uint64_t halvings = (now_ns - decayed_ns_) / kHalfLifeNs;
    bytes_ = halvings > 63 ? 0 : bytes_ >> halvings;
    decayed_ns_ += halvings * kHalfLifeNs;
  }

  uint64_t decayed_ns_ = 0;
  uint64_t fresh_bytes_ = 0;
  uint64_t charged_bytes_ = 0;
  uint64_t bytes_ = 0;
};

}  // namespace memgov

#endif  // MEMGOV_GOVERNOR_POLICY_IN_FLIGHT_H_
