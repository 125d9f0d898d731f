// memgov.hpp: the C API in C++ clothes. Same safety and cost as memgov.h.
#ifndef MEMGOV_MEMGOV_HPP_
#define MEMGOV_MEMGOV_HPP_

#include <memgov/memgov.h>

#include <string_view>
#include <vector>

namespace memgov {

// While it lives, what this thread allocates counts for the named pool. Scopes nest. A scope belongs to the
// thread that made it: in a coroutine it must not live across a suspension.
class [[nodiscard]] PoolScope {
 public:
  explicit PoolScope(const char* name) noexcept : token_(memgov_pool_enter(name)) {}
  ~PoolScope() { memgov_pool_leave(token_); }
  PoolScope(const PoolScope&) = delete;
  PoolScope& operator=(const PoolScope&) = delete;

 private:
  uint32_t token_;
};

// Is memgov the allocator of this process?
inline bool Available() noexcept { return memgov_available() != 0; }

// "0.1.0 mimalloc", or empty where memgov is absent.
inline std::string_view Version() noexcept {
  const char* version = memgov_version();
  return version ? std::string_view(version) : std::string_view();
}

// All zero where memgov is absent.
inline memgov_stats_t Stats() noexcept {
  memgov_stats_t stats{};
  stats.size = sizeof stats;
  memgov_stats(&stats);
  return stats;
}

// One element per pool; empty where memgov is absent. Allocates.
inline std::vector<memgov_pool_t> Pools() {
  std::vector<memgov_pool_t> pools(memgov_pools(nullptr, 0, sizeof(memgov_pool_t)));
  const size_t exist = memgov_pools(pools.data(), pools.size(), sizeof(memgov_pool_t));
  if (exist < pools.size()) pools.resize(exist);
  return pools;
}

// Bytes really given back to the kernel.
inline size_t Release(size_t bytes = SIZE_MAX) noexcept { return memgov_release(bytes); }

}  // namespace memgov

#endif  // MEMGOV_MEMGOV_HPP_
