// From what was asked for (MEMGOV_BUDGET, MEMGOV_BUDGET_SOFT, the API) and what the container allows to the
// limits that apply.
//
// Safety: pure functions, any context. Assumptions: none; every combination has an answer, and the limits
// that come out are never 0 and in order: soft <= hard <= wall <= container.
#ifndef MEMGOV_GOVERNOR_POLICY_LIMITS_H_
#define MEMGOV_GOVERNOR_POLICY_LIMITS_H_

#include <stdint.h>

namespace memgov {

enum class BudgetKind : uint8_t { kAuto, kOff, kBytes, kPercent };

// kAuto: 95 % of the container's limit, nothing without one. kPercent: of the container's limit, of the
// machine's memory without one.
struct BudgetSpec {
  BudgetKind kind = BudgetKind::kAuto;
  uint64_t amount = 0;  // bytes, or 1 to 100
};

// What MEMGOV_BUDGET and MEMGOV_BUDGET_SOFT hold (governor/config/parse.h: ParseBudget).
BudgetSpec SpecFromOption(int64_t value);

enum class BudgetSource : uint8_t { kNone, kContainer, kEnvironment, kApi };
const char* BudgetSourceName(BudgetSource source);

struct Limits {
  uint64_t soft_bytes = UINT64_MAX;  // UINT64_MAX: none
  uint64_t hard_bytes = UINT64_MAX;
  uint64_t wall_bytes = UINT64_MAX;  // where even small requests fail: the container's limit less the reserve
  uint64_t container_bytes = UINT64_MAX;  // the container's own
  BudgetSource source = BudgetSource::kNone;

  bool Any() const { return soft_bytes != UINT64_MAX; }  // there may be a soft one alone
};

constexpr uint64_t kAutoHardPercent = 95;
constexpr uint64_t kDefaultSoftPercent = 84;  // of hard: 80 % of the container
// What is left below the container's limit for stacks, page tables and sockets while an error unwinds: 1 %,
// at least 1 MiB, at most 16 MiB; never more than half of the container.
uint64_t UnwindReserve(uint64_t container_bytes);

struct LimitInputs {
  BudgetSpec hard;
  BudgetSpec soft{BudgetKind::kPercent, kDefaultSoftPercent};  // kPercent here: of hard; kAuto: the default;
                                                               // kOff: none but hard
  BudgetSource asked_by = BudgetSource::kEnvironment;          // of a spec that is not kAuto
  uint64_t container_bytes = UINT64_MAX;
  uint64_t machine_bytes = 0;  // 0 unknown
};

// A hard budget above the container's wall is lowered to it, and is the container's then; a soft one above
// hard is hard's default share. A soft one in bytes stands alone where there is no hard one. Hard off: no
// limits at all, no wall either. A hard budget of UINT64_MAX bytes: no hard one of the user's, the wall
// stays. Percent where neither container nor machine is known: none.
Limits ResolveLimits(const LimitInputs& inputs);

}  // namespace memgov

#endif  // MEMGOV_GOVERNOR_POLICY_LIMITS_H_
