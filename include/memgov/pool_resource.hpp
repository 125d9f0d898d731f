// pool_resource.hpp: a std::pmr::memory_resource whose allocations count for a named pool, on whatever thread
// they are made. Header only; where memgov is absent it is its upstream and nothing else.
//
//   memgov::pool_resource sessions("sessions");
//   std::pmr::unordered_map<int, std::pmr::string> cache(&sessions);
//
// Safety: as thread-safe as its upstream; the default one may be used from any thread. A block may be given
// back on another thread than it was taken on, and counts for the pool it was taken for. Must outlive what
// was allocated from it. Assumptions: the upstream gets its memory from malloc or operator new on the calling
// thread. One that keeps memory (std::pmr::unsynchronized_pool_resource) counts for the pool whose request
// made it grow: put it above, not below.
#ifndef MEMGOV_POOL_RESOURCE_HPP_
#define MEMGOV_POOL_RESOURCE_HPP_

#include <memgov/memgov.hpp>

#include <cstddef>
#include <cstring>
#include <memory_resource>

namespace memgov {

class pool_resource final : public std::pmr::memory_resource {
 public:
  // A name of more than MEMGOV_NAME_BYTES - 1 bytes is cut. Null or empty: what is allocated counts as if
  // there were no pool_resource. A null upstream is std::pmr::new_delete_resource(), as without one.
  explicit pool_resource(const char* name, std::pmr::memory_resource* upstream = nullptr) noexcept
      : upstream_(upstream != nullptr ? upstream : std::pmr::new_delete_resource()) {
    if (name != nullptr) std::strncpy(name_, name, sizeof name_ - 1);
  }
  pool_resource(const pool_resource&) = delete;
  pool_resource& operator=(const pool_resource&) = delete;

  const char* name() const noexcept { return name_; }
  std::pmr::memory_resource* upstream() const noexcept { return upstream_; }

 private:
  // What the upstream gives and throws, at whatever alignment it supports (new_delete_resource: any power of
  // two). Costs a PoolScope more: tens of nanoseconds.
  void* do_allocate(std::size_t bytes, std::size_t alignment) override {
    const PoolScope scope(name_);
    return upstream_->allocate(bytes, alignment);
  }

  void do_deallocate(void* block, std::size_t bytes, std::size_t alignment) override {
    upstream_->deallocate(block, bytes, alignment);
  }

  // Only to itself. So a container that is assigned to one of another pool's copies its elements, and both
  // pools' figures stay right, even where the upstreams are the same.
  bool do_is_equal(const std::pmr::memory_resource& other) const noexcept override { return this == &other; }

  std::pmr::memory_resource* const upstream_;
  char name_[MEMGOV_NAME_BYTES] = {};
};

}  // namespace memgov

#endif  // MEMGOV_POOL_RESOURCE_HPP_
