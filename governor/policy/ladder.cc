#include "governor/policy/ladder.h"

namespace memgov {
namespace {

constexpr uint64_t kNone = UINT64_MAX;

uint64_t Share(uint64_t bytes, uint64_t percent) {
  return bytes / 100 * percent + bytes % 100 * percent / 100;
}

// A comparator with hysteresis: on from the threshold, off below 95 % of it.
bool Over(bool was_over, uint64_t charged, uint64_t threshold) {
  if (threshold == kNone) return false;
  return charged >= threshold || (was_over && charged >= Share(threshold, Ladder::kLeavePercent));
}

// The counter of another cgroup, or one that restarted, makes a difference below zero: no event.
bool Happened(uint64_t delta) { return delta != 0 && delta <= INT64_MAX; }

bool IsSign(const LadderReadings& readings) {
  return readings.pressed || Happened(readings.high_events) || Happened(readings.max_events) ||
         Happened(readings.oom_events);
}

void CountDown(uint64_t* left_ns, uint64_t passed_ns) {
  *left_ns = *left_ns > passed_ns ? *left_ns - passed_ns : 0;
}

}  // namespace

const char* RungName(Rung rung) {
  switch (rung) {
    case Rung::kNormal:
      return "normal";
    case Rung::kSoft:
      return "soft";
    case Rung::kHard:
      return "hard";
  }
  return "unknown";
}

void Ladder::RunTimers(uint64_t now_ns) {
  const uint64_t passed_ns = now_ns > last_ns_ ? now_ns - last_ns_ : 0;
  last_ns_ = now_ns;
  CountDown(&hold_left_ns_, passed_ns);
  CountDown(&pressed_left_ns_, passed_ns);
  CountDown(&again_left_ns_, passed_ns);
}

void Ladder::Note(const LadderReadings& readings, uint64_t soft) {
  over_soft_ = Over(over_soft_, readings.charged_bytes, soft);
  over_hard_ = Over(over_hard_, readings.charged_bytes, readings.hard_bytes);
  if (IsSign(readings)) pressed_left_ns_ = kPressedNs;
}

Rung Ladder::Target(const LadderReadings& readings) const {
  Rung target = Rung::kNormal;
  if (over_hard_ || Happened(readings.oom_events)) {
    target = Rung::kHard;
  } else if (over_soft_ || pressed_left_ns_ > 0) {
    target = Rung::kSoft;
  }
  return target < rung_ && hold_left_ns_ > 0 ? rung_ : target;
}

// Is a release due now?
bool Ladder::Act(bool entered) {
  if (rung_ == Rung::kNormal) return false;
  const uint64_t again_ns = rung_ == Rung::kHard ? kHardAgainNs : over_soft_ ? kSoftAgainNs : kPressedAgainNs;
  // What was waited for on another rung, or for pressure alone, is too long once there is an excess.
  if (again_left_ns_ > again_ns) again_left_ns_ = again_ns;
  const bool due = again_left_ns_ == 0 && (Excess() || pressed_left_ns_ > 0);
  if (entered || due) again_left_ns_ = again_ns;
  return entered || due;
}

uint64_t Ladder::Want(const LadderReadings& readings, uint64_t soft) const {
  if (rung_ == Rung::kNormal) return 0;
  const uint64_t leave = Share(soft, kLeavePercent);
  if (Excess()) return readings.charged_bytes > leave ? readings.charged_bytes - leave : 0;
  return pressed_left_ns_ > 0 ? Share(readings.charged_bytes, kPressedWantPercent) : 0;
}

uint64_t Ladder::Next(const LadderReadings& readings, uint64_t soft) const {
  if (soft == kNone) {
    // Nothing to watch: only the end of the pressure.
    if (rung_ == Rung::kNormal) return kNone;
    return rung_ == Rung::kSoft && pressed_left_ns_ > kNearNs ? pressed_left_ns_ : kNearNs;
  }
  const bool near = rung_ != Rung::kNormal || readings.charged_bytes >= Share(soft, kNearPercent);
  return near ? kNearNs : kFarNs;
}

LadderDecision Ladder::Tick(const LadderReadings& readings) {
  const uint64_t soft = readings.soft_bytes < readings.hard_bytes ? readings.soft_bytes : readings.hard_bytes;
  RunTimers(readings.now_ns);
  Note(readings, soft);
  const Rung before = rung_;
  rung_ = Target(readings);
  LadderDecision decision;
  decision.rung = rung_;
  decision.changed = rung_ != before;
  if (decision.changed) {
    hold_left_ns_ = kHoldNs;
    // Coming down from hard: all was given back a moment ago.
    if (rung_ < before) again_left_ns_ = kSoftAgainNs;
  }
  const bool act = Act(rung_ > before);
  if (act) decision.release = rung_ == Rung::kHard ? LadderRelease::kAll : LadderRelease::kWindow;
  decision.notify = act || decision.changed;
  decision.want_bytes = Want(readings, soft);
  decision.next_ns = Next(readings, soft);
  return decision;
}

}  // namespace memgov
