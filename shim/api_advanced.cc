// include/memgov/advanced.h on top of the governor.
#include "governor/base/errno_keeper.h"
#include "governor/base/os.h"
#include "governor/base/text.h"
#include "governor/budget/admission.h"
#include "governor/budget/budget.h"
#include "governor/control/callbacks.h"
#include "governor/telemetry/effective_config.h"
#include "governor/telemetry/metrics.h"
#include "governor/telemetry/published.h"
#include "shim/api.h"
#include "shim/startup.h"

#include "memgov/advanced.h"

namespace memgov {
namespace {

constexpr uint64_t kLeastPoolBudget = uint64_t{1} << 20;
constexpr uint64_t kLeastPoolLimit = uint64_t{4}
                                     << 20;  // an engine's own needs in a pool's memory are below 1 MiB

memgov_counters_t CollectCounters() {
  const budget::Counters budget = budget::ReadCounters();
  const admission::Counters admission = admission::ReadCounters();
  const callbacks::Counters callbacks = callbacks::ReadCounters();
  const published::PressureTotals pressure = published::Pressure();
  memgov_counters_t counters{};
  counters.refused_allocations = budget.refused;
  counters.refused_bytes = budget.refused_bytes;
  counters.admitted = admission.admitted;
  counters.deferred = admission.deferred;
  counters.rejected = admission.rejected;
  counters.forgotten_bytes = admission.forgotten_bytes;
  counters.emergency_releases = budget.emergencies;
  counters.emergency_released_bytes = budget.emergency_bytes;
  counters.emergency_longest_ns = budget.emergency_longest_ns;
  counters.pressure_callbacks = callbacks.calls;
  counters.callback_longest_ns = callbacks.longest_ns;
  counters.callback_running_ns = callbacks.running_ns;
  counters.stalled_us = pressure.stalled_us;
  counters.high_events = pressure.high_events;
  counters.max_events = pressure.max_events;
  counters.oom_kills = pressure.oom_kills;
  counters.cohort_members = published::CohortMembers();
  return counters;
}

memgov_recycle_t CollectRecycle() {
  const RecycleAdvice advice = published::Recycle(os::NowNanoseconds());
  memgov_recycle_t recycle{};
  recycle.advised = advice.advised ? 1 : 0;
  recycle.recoverable_bytes = advice.recoverable_bytes;
  recycle.since_ns = advice.since_ns;
  return recycle;
}

// Without making it. Names are cut as pools::Intern cuts them.
PoolId FindPool(const char* name) {
  char cut[kPoolNameBytes];
  CopyText(cut, sizeof cut, name, nullptr);
  for (int id = 0; id < pools::Count(); ++id) {
    if (TextEqual(pools::Get(static_cast<PoolId>(id)).name, cut)) return static_cast<PoolId>(id);
  }
  return kNoPool;
}

// A pool that the host gives a budget or a limit, from `least` bytes on; kNoPool: refused.
PoolId PoolToBound(const char* name, uint64_t bytes, uint64_t least) {
  if (!api::Governs() || bytes < least) return kNoPool;
  const PoolId id = pools::Intern(name);
  if (id == kNoPool || api::ThisThread() == nullptr) return kNoPool;
  api::NamePool(id);
  return id;
}

uint64_t BoundOf(const char* name, std::atomic<uint64_t> Pool::*bound) {
  const PoolId id = name != nullptr ? FindPool(name) : kNoPool;
  return id == kNoPool ? MEMGOV_UNLIMITED : (pools::Get(id).*bound).load(std::memory_order_relaxed);
}

RuntimeFigures ReadRuntime() { return {memgov_version(), governor::Running()}; }

}  // namespace
}  // namespace memgov

using namespace memgov;  // NOLINT: the functions below are C

MEMGOV_API int memgov_counters(memgov_counters_t* out) {
  if (!api::HoldsFirstField(out, offsetof(memgov_counters_t, refused_bytes))) return -1;
  const ErrnoKeeper keep_errno;
  api::CopyOut(out, CollectCounters());
  return 0;
}

MEMGOV_API int memgov_recycle(memgov_recycle_t* out) {
  if (!api::HoldsFirstField(out, offsetof(memgov_recycle_t, recoverable_bytes))) return -1;
  const ErrnoKeeper keep_errno;
  api::CopyOut(out, CollectRecycle());
  return 0;
}

MEMGOV_API int memgov_pool_budget_set(const char* pool, uint64_t soft_bytes) {
  const ErrnoKeeper keep_errno;
  const PoolId id = PoolToBound(pool, soft_bytes, kLeastPoolBudget);
  if (id == kNoPool) return -1;
  pools::SetBudget(id, soft_bytes);
  return 0;
}

MEMGOV_API uint64_t memgov_pool_budget(const char* pool) { return BoundOf(pool, &Pool::soft_budget_bytes); }

MEMGOV_API int memgov_pool_limit_set(const char* pool, uint64_t hard_bytes) {
  const ErrnoKeeper keep_errno;
  const PoolId id = PoolToBound(pool, hard_bytes, kLeastPoolLimit);
  if (id == kNoPool || !ChosenExtras::LimitPool(id, hard_bytes)) return -1;
  pools::Get(id).hard_limit_bytes.store(hard_bytes, std::memory_order_relaxed);
  return 0;
}

MEMGOV_API uint64_t memgov_pool_limit(const char* pool) { return BoundOf(pool, &Pool::hard_limit_bytes); }

MEMGOV_API size_t memgov_text(int kind, char* buffer, size_t capacity) {
  const ErrnoKeeper keep_errno;
  if (buffer == nullptr) capacity = 0;
  if (api::Governs()) budget::Start();
  switch (kind) {
    case MEMGOV_TEXT_JSON:
      return WriteMetrics(Control(), ReadRuntime(), MetricsFormat::kJson, buffer, capacity);
    case MEMGOV_TEXT_PROMETHEUS:
      return WriteMetrics(Control(), ReadRuntime(), MetricsFormat::kPrometheus, buffer, capacity);
    case MEMGOV_TEXT_CONFIG:
      return WriteConfigText(ReadRuntime(), api::Governs(), buffer, capacity);
    default:
      return 0;
  }
}
