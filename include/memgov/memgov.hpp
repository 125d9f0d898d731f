// memgov.hpp: the C API in C++ clothes. Same safety and cost as memgov.h.
#ifndef MEMGOV_MEMGOV_HPP_
#define MEMGOV_MEMGOV_HPP_

#include <memgov/memgov.h>

#include <functional>
#include <string_view>
#include <utility>
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

// A fresh reading. Where memgov is absent: no budget (MEMGOV_UNLIMITED), nothing charged, the normal rung.
inline memgov_budget_t Budget() noexcept {
  memgov_budget_t budget{};
  budget.size = sizeof budget;
  if (memgov_budget(&budget) == 0) return budget;
  budget.soft_bytes = budget.hard_bytes = MEMGOV_UNLIMITED;
  budget.limit_bytes = budget.headroom_bytes = MEMGOV_UNLIMITED;
  return budget;
}

enum class Answer { kAdmitted = MEMGOV_ADMITTED, kDefer = MEMGOV_DEFER, kReject = MEMGOV_REJECT };

// An answer of memgov_admit, and the reservation where it is kAdmitted: given back when the object goes. May
// be given back on another thread than the one that asked.
class [[nodiscard]] Admission {
 public:
  // kAdmitted where memgov is absent.
  static Admission TryAdmit(size_t bytes) noexcept {
    return Admission(bytes, static_cast<Answer>(memgov_admit(bytes)));
  }
  Admission(Admission&& other) noexcept : bytes_(std::exchange(other.bytes_, 0)), answer_(other.answer_) {}
  Admission& operator=(Admission&& other) noexcept {
    if (this == &other) return *this;
    GiveBack();
    bytes_ = std::exchange(other.bytes_, 0);
    answer_ = other.answer_;
    return *this;
  }
  ~Admission() { GiveBack(); }

  Answer answer() const noexcept { return answer_; }
  // Reserved: 0 unless admitted, and after GiveBack or a move.
  size_t bytes() const noexcept { return bytes_; }

  // Before the object goes. Idempotent.
  void GiveBack() noexcept {
    if (bytes_ > 0) memgov_admit_done(std::exchange(bytes_, 0));
  }

 private:
  Admission(size_t bytes, Answer answer) noexcept
      : bytes_(answer == Answer::kAdmitted ? bytes : 0), answer_(answer) {}

  size_t bytes_;
  Answer answer_;
};

// While it lives, `run` is called as memgov_on_pressure says: on memgov's thread. An exception that leaves
// `run` ends the program. Its destructor waits for a call that runs: `run` must not destroy it.
class [[nodiscard]] PressureCallback {
 public:
  using Run = std::function<void(const memgov_pressure_t&)>;

  explicit PressureCallback(Run run)
      : run_(std::move(run)), id_(run_ ? memgov_on_pressure(&Call, this) : 0) {}
  ~PressureCallback() {
    if (id_ > 0) memgov_off_pressure(id_);
  }
  PressureCallback(const PressureCallback&) = delete;
  PressureCallback& operator=(const PressureCallback&) = delete;

  // False where memgov is absent, or takes no more callbacks.
  bool registered() const noexcept { return id_ > 0; }

 private:
  static void Call(const memgov_pressure_t* event, void* self) noexcept {
    static_cast<PressureCallback*>(self)->run_(*event);
  }

  const Run run_;
  const int id_;
};

}  // namespace memgov

#endif  // MEMGOV_MEMGOV_HPP_
