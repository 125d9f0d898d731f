// How much of the fresh memory that was handed out is not charged yet: a page costs nothing until it is
// touched, and the kernel counts in batches. Pure.
//
// What was handed out and did not show up as growth is in flight; after kHalfLifeNs half of it is taken to be
// charged already (or given back since, which hides growth), so that a long pause between two readings says
// nothing.
//
// What was unmapped meanwhile is in flight no more: so much of it as charged has not fallen by was never
// touched. Without that a program that takes and returns large untouched buffers in a loop would seem to need
// all of them.
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

  // No reading takes that long; a clock that goes back further began anew.
  static constexpr uint64_t kLateNs = 500 * 1000000ULL;

  constexpr InFlight() = default;

  struct Reading {
    uint64_t now_ns = 0;
    uint64_t fresh_bytes = 0;     // handed out since the start
    uint64_t returned_bytes = 0;  // unmapped since the start
    uint64_t charged_bytes = 0;
  };

  // With each reading; returns the bytes in flight. A reading that is late (its counts are lower than those
  // seen before) changes nothing.
  uint64_t Note(const Reading& reading) {
    if (reading.now_ns < last_ns_ && last_ns_ - reading.now_ns < kLateNs) return bytes_;
    last_ns_ = reading.now_ns;
    const bool first = fresh_bytes_ == 0 && decayed_ns_ == 0;
    const uint64_t handed_out = first ? 0 : Beyond(reading.fresh_bytes, fresh_bytes_);
    const uint64_t returned = first ? 0 : Beyond(reading.returned_bytes, returned_bytes_);
    const uint64_t growth = first ? 0 : Beyond(reading.charged_bytes, charged_bytes_);
    fell_ += first ? 0 : Beyond(charged_bytes_, reading.charged_bytes);
    const uint64_t touched = returned < fell_ ? returned : fell_;
    fell_ -= touched;
    bytes_ = Beyond(bytes_ + handed_out, growth + (returned - touched));
    Decay(reading.now_ns);
    if (reading.fresh_bytes > fresh_bytes_) fresh_bytes_ = reading.fresh_bytes;
    if (reading.returned_bytes > returned_bytes_) returned_bytes_ = reading.returned_bytes;
    charged_bytes_ = reading.charged_bytes;
    return bytes_;
  }

 private:
  static uint64_t Beyond(uint64_t a, uint64_t b) { return a > b ? a - b : 0; }

  // In whole half-lives: what is left of one counts with the next call, or readings in quick succession would
  // stop it.
  void Decay(uint64_t now_ns) {
    if (now_ns < decayed_ns_ || decayed_ns_ == 0) {
      decayed_ns_ = now_ns;
      return;
    }
    const uint64_t halvings = (now_ns - decayed_ns_) / kHalfLifeNs;
    bytes_ = halvings > 63 ? 0 : bytes_ >> halvings;
    fell_ = halvings > 63 ? 0 : fell_ >> halvings;
    decayed_ns_ += halvings * kHalfLifeNs;
  }

  uint64_t last_ns_ = 0;
  uint64_t decayed_ns_ = 0;
  uint64_t fresh_bytes_ = 0;
  uint64_t returned_bytes_ = 0;
  uint64_t charged_bytes_ = 0;
  uint64_t bytes_ = 0;
  uint64_t fell_ = 0;  // of charged, not yet matched with what was returned
};

}  // namespace memgov

#endif  // MEMGOV_GOVERNOR_POLICY_IN_FLIGHT_H_
