// The ladder: normal, soft, hard. What each rung does is one pure function of readings and of what it
// remembers. No clock, no files, no engine.
//
// Safety: no locks, no allocation; one thread at a time; constant-initialized.
//
// Assumptions: readings may jump, disagree, restart (fork), the clock may stand still or jump; limits may be
// lowered below the usage between two calls.
#ifndef MEMGOV_GOVERNOR_POLICY_LADDER_H_
#define MEMGOV_GOVERNOR_POLICY_LADDER_H_

#include <stdint.h>

namespace memgov {

enum class Rung : uint8_t { kNormal = 0, kSoft = 1, kHard = 2 };
const char* RungName(Rung rung);

struct LadderReadings {
  uint64_t now_ns = 0;
  uint64_t charged_bytes = 0;
  uint64_t soft_bytes = UINT64_MAX;  // UINT64_MAX: no budget
  uint64_t hard_bytes = UINT64_MAX;
  bool pressed = false;      // PSI trigger or systemd's file since the last call
  uint64_t high_events = 0;  // memory.events deltas since the last call
  uint64_t max_events = 0;
  uint64_t oom_events = 0;
};

enum class LadderRelease : uint8_t { kNothing, kWindow, kAll };

struct LadderDecision {
  Rung rung = Rung::kNormal;
  bool changed = false;                             // against the last call
  LadderRelease release = LadderRelease::kNothing;  // of our own free memory, now
  bool notify = false;                              // run the pressure callbacks, now
  uint64_t want_bytes = 0;                          // what callbacks should free to come below soft
  uint64_t next_ns = UINT64_MAX;                    // look again after; UINT64_MAX: no timer of the ladder's
};

class Ladder {
 public:
  // A rung is left only below this share of its threshold, and when it was held this long.
  static constexpr uint64_t kLeavePercent = 95;
  static constexpr uint64_t kHoldNs = 500 * 1000000ULL;
  // Pressure without an excess (the machine's, a neighbour's) raises to soft for this long after its last
  // sign.
  static constexpr uint64_t kPressedNs = 2000 * 1000000ULL;
  // On a rung: releases and callbacks again, at most this often.
  static constexpr uint64_t kSoftAgainNs = 1000 * 1000000ULL;
  // On soft for pressure alone, and only when there was another sign: our own memory is hardly what is
  // missing, and giving the window back costs faults.
  static constexpr uint64_t kPressedAgainNs = 2000 * 1000000ULL;
  static constexpr uint64_t kHardAgainNs = 100 * 1000000ULL;
  // How soon to look again: near a threshold, far from it.
  static constexpr uint64_t kNearNs = 50 * 1000000ULL;
  static constexpr uint64_t kFarNs = 1000 * 1000000ULL;
  static constexpr uint64_t kNearPercent = 90;  // of soft
  // Wanted of callbacks when others press and there is no excess: a modest share of what is charged.
  static constexpr uint64_t kPressedWantPercent = 10;

  constexpr Ladder() = default;

  // Releases: the window on entering soft from below, all on entering hard, then again after kSoftAgainNs
  // (kPressedAgainNs), kHardAgainNs while there is an excess or pressure. Callbacks: whenever the rung
  // changes, and with every release.
  LadderDecision Tick(const LadderReadings& readings);
  Rung rung() const { return rung_; }

 private:
  void RunTimers(uint64_t now_ns);
  void Note(const LadderReadings& readings, uint64_t soft);
  Rung Target(const LadderReadings& readings) const;
  bool Excess() const { return over_soft_ || over_hard_; }
  bool Act(bool entered);
  uint64_t Want(const LadderReadings& readings, uint64_t soft) const;
  uint64_t Next(const LadderReadings& readings, uint64_t soft) const;

  Rung rung_ = Rung::kNormal;
  // A threshold was reached, and 95 % of it not yet left again. Pressure sets neither, so that what it raised
  // falls back although charged stays between 95 and 100 %.
  bool over_soft_ = false;
  bool over_hard_ = false;
  uint64_t last_ns_ = 0;
  // Time left, counted down by what passed between two calls: a clock that jumps back stops them for one
  // call, one that jumps ahead ends them.
  uint64_t hold_left_ns_ = 0;
  uint64_t pressed_left_ns_ = 0;
  uint64_t again_left_ns_ = 0;
};

}  // namespace memgov

#endif  // MEMGOV_GOVERNOR_POLICY_LADDER_H_
