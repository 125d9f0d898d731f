// How what is left is divided between the processes that share the limit.
#include <atomic>

#include "governor/budget/budget.h"
#include "governor/budget/state.h"

namespace memgov::budget {
namespace {

// Relaxed: a division may be one tick old.
constinit std::atomic<uint64_t> my_demand{0};
constinit std::atomic<uint64_t> others_demand{0};
constinit std::atomic<uint32_t> members{1};

}  // namespace

void NoteCohort(const CohortMember& me, const CohortView& view) {
  my_demand.store(me.demand_bytes, std::memory_order_relaxed);
  others_demand.store(view.others_demand, std::memory_order_relaxed);
  members.store(view.members, std::memory_order_relaxed);
}

uint64_t ShareOfCohort(uint64_t headroom) {
  CohortMember me;
  CohortView view;
  me.demand_bytes = my_demand.load(std::memory_order_relaxed);
  view.others_demand = others_demand.load(std::memory_order_relaxed);
  view.members = members.load(std::memory_order_relaxed);
  return view.members > 1 ? ShareOfHeadroom(headroom, me, view) : headroom;
}

}  // namespace memgov::budget
