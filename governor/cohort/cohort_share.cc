#include "governor/cohort/cohort.h"

namespace memgov {
namespace {

// floor(amount * part / whole) for part <= whole.
uint64_t PartOf(uint64_t amount, uint64_t part, uint64_t whole) {
  __extension__ using Wide = unsigned __int128;
  return static_cast<uint64_t>(Wide{amount} * part / whole);
}

}  // namespace

// Every division rounds down, so that shares worked out by all members from the same figures never add up to
// more than there is.
uint64_t ShareOfHeadroom(uint64_t headroom, const CohortMember& me, const CohortView& view) {
  const uint64_t members = view.members > 0 ? view.members : 1;
  const uint64_t kept = headroom / 2 / members;
  const uint64_t contested = headroom - kept * members;
  uint64_t demand = 0;
  if (__builtin_add_overflow(me.demand_bytes, view.others_demand, &demand)) demand = UINT64_MAX;
  if (demand == 0) return kept + contested / members;
  return kept + PartOf(contested, me.demand_bytes, demand);
}

bool IsTurnToRelease(const CohortMember& me, const CohortView& view, bool hard) {
  return hard || me.releasable_bytes >= view.most_releasable ||
         me.releasable_bytes >= view.most_releasable - me.releasable_bytes;
}

}  // namespace memgov
