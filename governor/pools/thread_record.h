// What memgov keeps per thread: two cache lines.
//
// A record lives in memory of memgov's own that is never unmapped, so that the governor and fork may look at
// it at any time. It stays with its thread until the kernel no longer knows the thread: destructors of the C
// library allocate and free after every destructor of ours has run. It is then used again by another thread.
#ifndef MEMGOV_GOVERNOR_POOLS_THREAD_RECORD_H_
#define MEMGOV_GOVERNOR_POOLS_THREAD_RECORD_H_

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <atomic>

namespace memgov {

using PoolId = uint16_t;

constexpr PoolId kUnresolvedPool = 0;  // threads not looked at yet, and everything before main
constexpr PoolId kMainPool = 1;        // the thread that runs main
constexpr PoolId kGovernorPool = 2;    // memgov's own thread

enum class Binding : uint8_t { kNone, kByStartRoutine, kByName, kByRule, kByApi };

enum class ThreadState : uint8_t { kFree, kRunning, kExiting };

struct alignas(64) ThreadRecord {
  // Written by the owner only, with plain stores; read by the governor (relaxed: counters).
  // Invariant: sample_left <= sample_interval; bytes allocated = allocated_base + sample_interval -
  // sample_left.
  std::atomic<uint64_t> sample_left{0};
  std::atomic<uint64_t> sample_interval{0};
  std::atomic<uint64_t> allocated_base{0};

  // 1 while this thread is inside the engine; more bits from a vfork on. Written by the owner only; read
  // under Quiesce (see quiesce.h), which states the bits and the ordering.
  std::atomic<uint32_t> busy{0};

  // 1 while the governor works on this thread's part of the engine in its stead (quiesce.h).
  std::atomic<uint32_t> claimed{0};

  // What the engine keeps for the thread (mimalloc: its heap). Written by the owner inside the guard; read by
  // who holds the claim.
  std::atomic<void*> engine_part{nullptr};

  // Where samples of this thread count: a scope's pool, else the thread's. Written by the owner (scopes) and,
  // for threads without a scope, by whoever resolves the name; relaxed: a sample may count for the pool of
  // just before.
  std::atomic<PoolId> current_pool{kUnresolvedPool};
  std::atomic<PoolId> thread_pool{kUnresolvedPool};

  // What an engine that looks for parked threads saw at its last look: the low bits of AllocatedBytes().
  // Under the release lock; relaxed, because a record that changes hands meanwhile is merely looked at once
  // more.
  std::atomic<uint32_t> seen_by_engine{0};

  int* errno_address = nullptr;  // the owner's errno
  uint64_t random_state = 0;     // the sampler's, owner only

  // Under the registry's lock, or written before the record is published.
  void* start_routine = nullptr;
  void* start_argument = nullptr;
  ThreadRecord* next = nullptr;  // free or exiting list
  std::atomic<pid_t> tid{0};
  std::atomic<ThreadState> state{ThreadState::kFree};
  std::atomic<Binding> binding{Binding::kNone};
  std::atomic<uint32_t> scopes{0};     // open API scopes; owner only, read by resolvers
  std::atomic<pid_t> vfork_thread{0};  // set by vfork: until it is this thread that runs again
  uint16_t resolve_attempts = 0;
  uint16_t resolve_pass = 0;
  uint32_t looked_ms = 0;  // when it was last looked at for its name; at first when it began

  // The governor's view, under the registry's lock.
  uint64_t seen_allocated = 0;
  uint64_t active_ns = 0;  // when seen_allocated last changed

  // For the owner: not while it is inside the engine, whatever a vfork has left (quiesce.h).
  bool IsInsideEngine() const { return (busy.load(std::memory_order_relaxed) & 1) != 0; }

  uint64_t AllocatedBytes() const {
    const uint64_t interval = sample_interval.load(std::memory_order_relaxed);
    const uint64_t left = sample_left.load(std::memory_order_relaxed);
    return allocated_base.load(std::memory_order_relaxed) + (interval > left ? interval - left : 0);
  }
};

static_assert(sizeof(ThreadRecord) <= 128, "a parked thread costs at most 128 bytes");

}  // namespace memgov

#endif  // MEMGOV_GOVERNOR_POOLS_THREAD_RECORD_H_
