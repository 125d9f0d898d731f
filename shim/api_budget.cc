// The C API's budget, admission and pressure callbacks (include/memgov/memgov.h) on top of the governor.
#include "governor/base/errno_keeper.h"
#include "governor/base/proc_self.h"
#include "governor/budget/admission.h"
#include "governor/budget/budget.h"
#include "governor/control/callbacks.h"
#include "shim/api.h"

namespace memgov {
namespace {

static_assert(static_cast<int>(Rung::kNormal) == MEMGOV_NORMAL &&
              static_cast<int>(Rung::kSoft) == MEMGOV_SOFT && static_cast<int>(Rung::kHard) == MEMGOV_HARD);

using AdmissionAnswer = decltype(admission::Admit(0));
static_assert(static_cast<int>(AdmissionAnswer::kAdmitted) == MEMGOV_ADMITTED &&
              static_cast<int>(AdmissionAnswer::kDefer) == MEMGOV_DEFER &&
              static_cast<int>(AdmissionAnswer::kReject) == MEMGOV_REJECT);

memgov_budget_t Unlimited() {
  memgov_budget_t budget{};
  budget.charged_bytes = ReadResidentMemory().anonymous_bytes;
  budget.soft_bytes = MEMGOV_UNLIMITED;
  budget.hard_bytes = MEMGOV_UNLIMITED;
  budget.limit_bytes = MEMGOV_UNLIMITED;
  budget.headroom_bytes = MEMGOV_UNLIMITED;
  budget.rung = MEMGOV_NORMAL;
  return budget;
}

uint64_t Headroom(uint64_t hard_bytes, uint64_t charged_bytes) {
  if (hard_bytes == MEMGOV_UNLIMITED) return MEMGOV_UNLIMITED;
  return hard_bytes > charged_bytes ? hard_bytes - charged_bytes : 0;
}

memgov_budget_t CollectBudget() {
  if (!api::Governs()) return Unlimited();
  budget::Start();
  const budget::Charge charge = budget::Read();
  const Limits limits = budget::CurrentLimits();
  memgov_budget_t budget{};
  budget.charged_bytes = charge.charged_bytes;
  budget.soft_bytes = limits.soft_bytes;
  budget.hard_bytes = limits.hard_bytes;
  budget.limit_bytes = limits.container_bytes;
  budget.headroom_bytes = Headroom(limits.hard_bytes, charge.charged_bytes);
  budget.admitted_bytes = admission::AdmittedBytes();
  budget.rung = static_cast<uint32_t>(budget::CurrentRung());
  return budget;
}

// What the governor knows of an event, as the host's function takes it.
void Invoke(const callbacks::Event& event, void* call, void* data) {
  memgov_pressure_t pressure{};
  pressure.size = sizeof pressure;
  pressure.rung = static_cast<uint32_t>(event.rung);
  pressure.charged_bytes = event.charged_bytes;
  pressure.soft_bytes = event.soft_bytes;
  pressure.hard_bytes = event.hard_bytes;
  pressure.want_bytes = event.want_bytes;
  pressure.pool = event.pool;
  reinterpret_cast<memgov_pressure_fn>(call)(&pressure, data);
}

}  // namespace
}  // namespace memgov

using namespace memgov;  // NOLINT: the functions below are C

MEMGOV_API int memgov_budget(memgov_budget_t* out) {
  if (!api::HoldsFirstField(out, offsetof(memgov_budget_t, soft_bytes))) return -1;
  const ErrnoKeeper keep_errno;
  api::CopyOut(out, CollectBudget());
  return 0;
}

MEMGOV_API int memgov_budget_set(uint64_t soft_bytes, uint64_t hard_bytes) {
  if (!api::Governs()) return -1;
  const ErrnoKeeper keep_errno;
  governor::EnsureStarted();  // who only ticks on allocating threads has a budget too
  budget::Start();
  return budget::Set(soft_bytes, hard_bytes) ? 0 : -1;
}

MEMGOV_API int memgov_admit(size_t bytes) {
  if (!api::Governs()) return MEMGOV_ADMITTED;
  const ErrnoKeeper keep_errno;
  governor::EnsureStarted();
  budget::Start();
  const Admission answer = admission::Admit(bytes);
  if (answer != Admission::kAdmitted) governor::TickIfThreadless();
  return static_cast<int>(answer);
}

MEMGOV_API int memgov_admit_done(size_t bytes) {
  if (!api::Governs()) return 0;
  const ErrnoKeeper keep_errno;
  admission::Done(bytes);
  return 0;
}

MEMGOV_API int memgov_on_pressure(memgov_pressure_fn run, void* data) {
  if (run == nullptr || !api::Governs()) return 0;
  const ErrnoKeeper keep_errno;
  if (!governor::EnsureStarted()) return 0;
  return callbacks::Register(Invoke, reinterpret_cast<void*>(run), data);
}

MEMGOV_API int memgov_off_pressure(int id) {
  if (!api::Governs()) return -1;
  const ErrnoKeeper keep_errno;
  return callbacks::Unregister(id) ? 0 : -1;
}
