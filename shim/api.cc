// The C API's questions, pools and release (include/memgov/memgov.h) on top of the governor.
#include "shim/api.h"

#include "governor/base/errno_keeper.h"
#include "governor/release/releaser.h"
#include "governor/telemetry/census.h"
#include "shim/startup.h"

namespace memgov {
namespace {

static_assert(MEMGOV_NAME_BYTES == kPoolNameBytes);

// A scope's token: the pool to go back to, plus one, so that 0 is "nothing was entered".
constexpr uint32_t kNothingEntered = 0;

memgov_stats_t Collect() {
  const Census census = TakeCensus(Control());
  const ReleaseTotals releases = releaser::AllTotals();
  memgov_stats_t stats{};
  stats.resident_bytes = census.resident_bytes;
  stats.live_bytes = census.live_bytes;
  stats.held_bytes = census.held_bytes;
  stats.allocated_bytes = census.allocated_bytes;
  stats.releases = releases.passes;
  stats.released_bytes = releases.bytes;
  stats.longest_stall_ns = releaser::LongestStallNs();
  stats.threads = census.threads;
  stats.governor_running = governor::Running() ? 1 : 0;
  return stats;
}

memgov_pool_t Describe(const Census& census, int id) {
  memgov_pool_t pool{};
  memcpy(pool.name, pools::Get(static_cast<PoolId>(id)).name, sizeof pool.name);
  pool.threads = census.pools[id].threads;
  pool.parked = census.pools[id].parked;
  pool.live_bytes = census.pools[id].live_bytes;
  pool.held_bytes = census.pools[id].held_bytes;
  return pool;
}

}  // namespace
}  // namespace memgov

using namespace memgov;  // NOLINT: the functions below are C

MEMGOV_API const char* memgov_version(void) { return VersionText(); }

MEMGOV_API int memgov_available(void) { return surface::Bystander() ? 0 : 1; }

MEMGOV_API int memgov_stats(memgov_stats_t* out) {
  if (!api::HoldsFirstField(out, offsetof(memgov_stats_t, live_bytes))) return -1;
  const ErrnoKeeper keep_errno;
  api::CopyOut(out, Collect());
  return 0;
}

MEMGOV_API size_t memgov_pools(memgov_pool_t* out, size_t count, size_t element_size) {
  const ErrnoKeeper keep_errno;
  if (out == nullptr || count == 0 || element_size == 0) return static_cast<size_t>(pools::Count());
  const Census census = TakeCensus(Control());
  char* at = reinterpret_cast<char*>(out);
  for (int id = 0; id < census.pool_count && static_cast<size_t>(id) < count; ++id, at += element_size) {
    const memgov_pool_t pool = Describe(census, id);
    memcpy(at, &pool, element_size < sizeof pool ? element_size : sizeof pool);
  }
  return static_cast<size_t>(census.pool_count);
}

MEMGOV_API uint32_t memgov_pool_enter(const char* name) {
  ThreadRecord* record = api::ThisThread();
  const PoolId pool = pools::Intern(name);
  if (record == nullptr || pool == kNoPool) return kNothingEntered;
  api::NamePool(pool);
  const PoolId before = record->current_pool.exchange(pool, std::memory_order_relaxed);
  record->scopes.store(record->scopes.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  ChosenEngine::OwnerTick();
  return before + uint32_t{1};
}

MEMGOV_API int memgov_pool_leave(uint32_t token) {
  if (token == kNothingEntered) return 0;
  ThreadRecord* record = threads::current;
  if (record == nullptr || token > kMostPools) return -1;
  const uint32_t scopes = record->scopes.load(std::memory_order_relaxed);
  if (scopes == 0) return -1;
  record->scopes.store(scopes - 1, std::memory_order_relaxed);
  // The outermost scope goes back to what the thread is bound to now: it may have been named meanwhile.
  const PoolId bound = record->thread_pool.load(std::memory_order_relaxed);
  record->current_pool.store(scopes == 1 ? bound : static_cast<PoolId>(token - 1), std::memory_order_relaxed);
  ChosenEngine::OwnerTick();
  return 0;
}

MEMGOV_API int memgov_pool_bind(const char* name) {
  ThreadRecord* record = api::ThisThread();
  const PoolId pool = pools::Intern(name);
  if (record == nullptr || pool == kNoPool) return -1;
  api::NamePool(pool);
  {
    FutexLockHolder hold(threads::Lock());
    record->binding.store(Binding::kByApi, std::memory_order_relaxed);
    record->thread_pool.store(pool, std::memory_order_relaxed);
    if (record->scopes.load(std::memory_order_relaxed) == 0)
      record->current_pool.store(pool, std::memory_order_relaxed);
  }
  ChosenEngine::OwnerTick();
  return 0;
}

MEMGOV_API size_t memgov_release(size_t bytes) {
  if (bytes == 0) return 0;
  const ErrnoKeeper keep_errno;
  return governor::ReleaseNow(ReleaseReason::kApi, bytes);
}
