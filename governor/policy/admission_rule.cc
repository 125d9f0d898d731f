#include "governor/policy/admission_rule.h"

namespace memgov {
namespace {

constexpr uint64_t kShrinkPerTick = 8;

uint64_t Sum(uint64_t one, uint64_t other) { return one > UINT64_MAX - other ? UINT64_MAX : one + other; }

bool Fits(uint64_t one, uint64_t other, uint64_t limit) { return Sum(one, other) <= limit; }

uint64_t Line(uint64_t soft_bytes) { return soft_bytes / 100 * Ladder::kLeavePercent; }

}  // namespace

Admission DecideAdmission(const AdmissionReadings& readings) {
  if (readings.bytes > kAbsurdBytes) return Admission::kReject;
  const bool alone = readings.reserved_bytes == 0;
  if (readings.soft_bytes == UINT64_MAX) {
    const bool waits = readings.rung != Rung::kNormal || (readings.pool_over && !alone);
    return waits ? Admission::kDefer : Admission::kAdmitted;
  }
  const uint64_t most = readings.hard_bytes == UINT64_MAX ? readings.soft_bytes : readings.hard_bytes;
  // What nobody could make room for by waiting.
  if (readings.rung == Rung::kHard || !Fits(readings.bytes, readings.base_bytes, most))
    return Admission::kReject;
  const uint64_t used = Sum(readings.used_bytes, readings.since_bytes);
  // With nothing else under way, waiting frees nothing.
  if (alone) return Fits(readings.bytes, used, most) ? Admission::kAdmitted : Admission::kDefer;
  if (readings.rung != Rung::kNormal || readings.pool_over) return Admission::kDefer;
  const uint64_t line = Line(readings.soft_bytes);
  const bool promised = Fits(Sum(readings.base_bytes, readings.reserved_bytes), readings.bytes, line);
  return promised && Fits(used, readings.bytes, line) ? Admission::kAdmitted : Admission::kDefer;
}

uint64_t AdmissionBase::Tick(uint64_t used_bytes, uint64_t reserved_bytes) {
  const uint64_t beyond = used_bytes > reserved_bytes ? used_bytes - reserved_bytes : 0;
  if (reserved_bytes == 0 || beyond >= bytes_) {
    bytes_ = beyond;
  } else {
    bytes_ -= (bytes_ - beyond) / kShrinkPerTick;
  }
  return bytes_;
}

bool ForgottenWatch::Tick(const Readings& readings) {
  const bool moved = readings.admitted != first_.admitted || readings.given_back != first_.given_back;
  const bool roomy = readings.used_bytes < readings.soft_bytes / 2;
  if (!watching_ || moved || !roomy || readings.reserved_bytes == 0 || readings.now_ns < since_ns_) {
    watching_ = true;
    since_ns_ = readings.now_ns;
    first_ = readings;
    return false;
  }
  if (readings.deferred == first_.deferred || readings.now_ns - since_ns_ < kPatienceNs) return false;
  watching_ = false;
  return true;
}

}  // namespace memgov
