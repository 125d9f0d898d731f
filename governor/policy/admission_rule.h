// Admission: what memgov_admit answers, and what that rests on. Pure.
//
// Two sums must stay below the line, 95 % of soft (where the ladder leaves that rung again): what is charged
// apart from admitted work plus all reservations, and what is in use now plus what was admitted since it was
// read. The first holds back work that has not taken its memory yet, the second work that takes more than it
// said.
//
// Safety: no locks, no allocation; constant-initialized.
#ifndef MEMGOV_GOVERNOR_POLICY_ADMISSION_RULE_H_
#define MEMGOV_GOVERNOR_POLICY_ADMISSION_RULE_H_

#include <stdint.h>

#include "governor/policy/ladder.h"

namespace memgov {

enum class Admission : uint8_t { kAdmitted, kDefer, kReject };

struct AdmissionReadings {
  uint64_t bytes = 0;  // asked for
  Rung rung = Rung::kNormal;
  uint64_t soft_bytes = UINT64_MAX;
  uint64_t hard_bytes = UINT64_MAX;
  uint64_t used_bytes = 0;   // charged, less free memory that the engine would hand out again, when last read
  uint64_t since_bytes = 0;  // admitted, or taken fresh, since then
  uint64_t base_bytes = 0;   // AdmissionBase
  uint64_t reserved_bytes = 0;  // by everybody who shares the limit, without `bytes`
  bool pool_over = false;       // the asking thread's pool is over its own budget
};

Admission DecideAdmission(const AdmissionReadings& readings);

// More than anybody's request needs: rejected whatever the budget.
constexpr uint64_t kAbsurdBytes = uint64_t{1} << 40;

// What is charged apart from admitted work. While nothing is admitted that is what is in use. Else it is the
// excess of use over reservations: up at once, down by an eighth of the difference a tick, so that requests
// which have not taken their memory yet do not make the rest look small.
class AdmissionBase {
 public:
  constexpr AdmissionBase() = default;
  uint64_t Tick(uint64_t used_bytes, uint64_t reserved_bytes);

 private:
  uint64_t bytes_ = 0;
};

// Reservations that nobody gives back: when for kPatienceNs something was deferred, nothing was admitted or
// given back, and less than half of soft is in use, those that are left were forgotten.
class ForgottenWatch {
 public:
  static constexpr uint64_t kPatienceNs = 60 * 1000000000ULL;

  struct Readings {
    uint64_t now_ns = 0;
    uint64_t reserved_bytes = 0;  // by this process
    uint64_t admitted = 0;        // counters
    uint64_t given_back = 0;
    uint64_t deferred = 0;
    uint64_t used_bytes = 0;
    uint64_t soft_bytes = UINT64_MAX;
  };
  constexpr ForgottenWatch() = default;
  // True: all of reserved_bytes should be forgotten now.
  bool Tick(const Readings& readings);

 private:
  bool watching_ = false;
  uint64_t since_ns_ = 0;
  Readings first_;
};

}  // namespace memgov

#endif  // MEMGOV_GOVERNOR_POLICY_ADMISSION_RULE_H_
