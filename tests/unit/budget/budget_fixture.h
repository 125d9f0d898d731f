// budget_fixture.h: a budget over a fake engine, in a process that is nobody's container. For bodies of
// RunInChild.
#ifndef MEMGOV_TESTS_UNIT_BUDGET_BUDGET_FIXTURE_H_
#define MEMGOV_TESTS_UNIT_BUDGET_BUDGET_FIXTURE_H_

#include <sys/mman.h>

#include <cstring>

#include "governor/base/os.h"
#include "governor/budget/budget.h"
#include "governor/config/options.h"
#include "governor/pools/thread_registry.h"
#include "unit/fake_engine.h"

namespace memgov {

constexpr uint64_t kMega = 1 << 20;

// Memory that is charged: mapped and touched past every allocator.
inline void* Charge(uint64_t bytes) {
  void* at = os::MapAnonymous(bytes);
  if (at != nullptr) std::memset(at, 1, bytes);
  return at;
}

// Budgets of so much more than what this process has now.
inline void SetBudgetAbove(uint64_t soft_more, uint64_t hard_more) {
  budget::Start();
  const uint64_t now = budget::Read().charged_bytes;
  budget::Set(now + soft_more, now + hard_more);
}

inline void InstallBudget(EngineControl& engine) {
  threads::Adopt(nullptr);
  options::Set(Option::kBudget, "off");  // whatever contains the test's own process
  budget::Install(engine);
}

}  // namespace memgov

#endif  // MEMGOV_TESTS_UNIT_BUDGET_BUDGET_FIXTURE_H_
