// The pools: a fixed table of names, at most 64, never removed.
//
// Safety: any thread; Find is lock-free, Intern takes a lock only for a name it has not seen; no allocation.
#ifndef MEMGOV_GOVERNOR_POOLS_POOL_TABLE_H_
#define MEMGOV_GOVERNOR_POOLS_POOL_TABLE_H_

#include <stdint.h>

#include <atomic>

#include "governor/base/futex_lock.h"
#include "governor/pools/thread_record.h"

namespace memgov {

constexpr int kMostPools = 64;
constexpr int kPoolNameBytes = 32;
constexpr PoolId kNoPool = 0xffff;

struct Pool {
  // Written before the table's count is released, never after.
  char name[kPoolNameBytes] = {};
  uint32_t hash = 0;
  // By a rule or through the API, not after its threads: the arena engine gives it shards of its own.
  std::atomic<bool> named_by_user{false};
  // Of live_bytes; UINT64_MAX none. Written by SetBudget and OfferBudget.
  std::atomic<uint64_t> soft_budget_bytes{UINT64_MAX};
  std::atomic<uint64_t> hard_limit_bytes{UINT64_MAX};  // as the engine keeps it
  std::atomic<bool> budget_decided{false};
  // Estimated live bytes: sums of sample weights. May dip below zero for a moment while samples move between
  // pools.
  std::atomic<int64_t> live_bytes{0};
  // The highest live_bytes seen by the governor since the last release.
  std::atomic<int64_t> peak_bytes{0};
};

namespace pools {

// The pool of that name, made if need be. kNoPool for nullptr, "" and a full table. Names are cut to 31
// bytes.
PoolId Intern(const char* name);
PoolId Intern(const char* begin, const char* end);

// The API's word is final; a rule's (MEMGOV_POOLS) counts where none was spoken before, and may be repeated.
// UINT64_MAX: none.
void SetBudget(PoolId id, uint64_t soft_bytes);
void OfferBudget(PoolId id, uint64_t soft_bytes);

int Count();
Pool& Get(PoolId id);

FutexLock& Lock();

}  // namespace pools
}  // namespace memgov

#endif  // MEMGOV_GOVERNOR_POOLS_POOL_TABLE_H_
