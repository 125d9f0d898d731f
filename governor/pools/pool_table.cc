#include "governor/pools/pool_table.h"

#include "governor/base/text.h"

namespace memgov::pools {
namespace {

// FNV-1a: http://www.isthe.com/chongo/tech/comp/fnv/ (names are short and no adversary picks them).
constexpr uint32_t Hash(const char* text) {
  uint32_t hash = 2166136261U;
  for (; *text != '\0'; ++text) hash = (hash ^ static_cast<unsigned char>(*text)) * 16777619U;
  return hash;
}

struct Table {
  constexpr Table() {
    SetName(kUnresolvedPool, "unresolved");
    SetName(kMainPool, "main");
    SetName(kGovernorPool, "memgov");
  }
  constexpr void SetName(PoolId id, const char* name) {
    for (int index = 0; name[index] != '\0'; ++index) pools[id].name[index] = name[index];
    pools[id].hash = Hash(name);
  }
  Pool pools[kMostPools];
  // Release after a pool's name and hash are in place; acquire before they are read.
  std::atomic<int> count{3};
};
constinit Table table;
constinit FutexLock pools_lock{LockRank::kPools};

PoolId Find(const char* name, uint32_t hash) {
  const int count = table.count.load(std::memory_order_acquire);
  for (int index = 0; index < count; ++index) {
    const Pool& pool = table.pools[index];
    if (pool.hash == hash && TextEqual(pool.name, name)) return static_cast<PoolId>(index);
  }
  return kNoPool;
}

PoolId Add(const char* name, uint32_t hash) {
  FutexLockHolder hold(pools_lock);
  const PoolId found = Find(name, hash);
  const int count = table.count.load(std::memory_order_relaxed);
  if (found != kNoPool || count == kMostPools) return found;
  Pool& pool = table.pools[count];
  CopyText(pool.name, sizeof pool.name, name, nullptr);
  pool.hash = hash;
  table.count.store(count + 1, std::memory_order_release);
  return static_cast<PoolId>(count);
}

}  // namespace

PoolId Intern(const char* begin, const char* end) {
  char name[kPoolNameBytes];
  CopyText(name, sizeof name, begin, end);
  if (name[0] == '\0') return kNoPool;
  const uint32_t hash = Hash(name);
  const PoolId found = Find(name, hash);
  return found != kNoPool ? found : Add(name, hash);
}

PoolId Intern(const char* name) { return name != nullptr ? Intern(name, nullptr) : kNoPool; }

void SetBudget(PoolId id, uint64_t soft_bytes) {
  Pool& pool = Get(id);
  FutexLockHolder hold(pools_lock);
  pool.budget_decided.store(true, std::memory_order_relaxed);
  pool.soft_budget_bytes.store(soft_bytes, std::memory_order_relaxed);
}

void OfferBudget(PoolId id, uint64_t soft_bytes) {
  Pool& pool = Get(id);
  if (pool.budget_decided.load(std::memory_order_relaxed)) return;
  FutexLockHolder hold(pools_lock);
  if (!pool.budget_decided.exchange(true, std::memory_order_relaxed))
    pool.soft_budget_bytes.store(soft_bytes, std::memory_order_relaxed);
}

int Count() { return table.count.load(std::memory_order_acquire); }
Pool& Get(PoolId id) { return table.pools[id < kMostPools ? id : kUnresolvedPool]; }
FutexLock& Lock() { return pools_lock; }

}  // namespace memgov::pools
