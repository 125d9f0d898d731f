// One worker of cohort_workers: while it is the busy one it takes on all work that memgov_admit lets it have,
// up to 400 MB at a time; else it finishes what it has and waits. It talks to the parent through a shared
// page.
//
// Safety: everything shared is an atomic; a worker may be killed at any point.
#ifndef MEMGOV_TESTS_PROGRAMS_COHORT_WORKERS_WORKER_H_
#define MEMGOV_TESTS_PROGRAMS_COHORT_WORKERS_WORKER_H_

#include <memgov/memgov.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include <atomic>

#include "preload_check.h"

constexpr int kWorkers = 4;
constexpr int kThreadsPerWorker = 4;
constexpr int kUnitsPerThread = 50;
constexpr size_t kUnitBytes = size_t{2} << 20;
constexpr uint64_t kHoldNs = 50 * 1000000ULL;
constexpr useconds_t kPauseMicroseconds = 5000;
constexpr int kNobody = -1;

struct WorkerState {
  std::atomic<uint64_t> held_bytes{0};
  std::atomic<uint64_t> admitted{0};
  std::atomic<uint64_t> deferred{0};
  std::atomic<uint64_t> rejected{0};
  std::atomic<uint64_t> failed{0};  // admitted, and malloc said no
  std::atomic<uint64_t> soft_bytes{0};
};

struct Shared {
  std::atomic<int> busy{kNobody};
  WorkerState workers[kWorkers];
};

inline uint64_t NowNanoseconds() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<uint64_t>(now.tv_sec) * 1000000000 + static_cast<uint64_t>(now.tv_nsec);
}

// The work of one thread, oldest first.
class UnitQueue {
 public:
  explicit UnitQueue(WorkerState& state) : state_(state) {}

  bool Full() const { return count_ == kUnitsPerThread; }

  // False when it was not admitted.
  bool TryTake() {
    switch (memgov_admit(kUnitBytes)) {
      case MEMGOV_ADMITTED:
        break;
      case MEMGOV_DEFER:
        ++state_.deferred;
        return false;
      default:
        ++state_.rejected;
        return false;
    }
    ++state_.admitted;
    void* block = malloc(kUnitBytes);
    if (block == nullptr) {
      ++state_.failed;
      memgov_admit_done(kUnitBytes);
      return false;
    }
    memset(block, 1, kUnitBytes);
    units_[(first_ + count_++) % kUnitsPerThread] = {block, NowNanoseconds()};
    state_.held_bytes += kUnitBytes;
    return true;
  }

  // Nothing is done before it was held for kHoldNs.
  bool TryFinishOldest() {
    if (count_ == 0 || NowNanoseconds() - units_[first_].since_ns < kHoldNs) return false;
    free(units_[first_].block);
    memgov_admit_done(kUnitBytes);
    state_.held_bytes -= kUnitBytes;
    first_ = (first_ + 1) % kUnitsPerThread;
    --count_;
    return true;
  }

 private:
  struct Unit {
    void* block;
    uint64_t since_ns;
  };
  WorkerState& state_;
  Unit units_[kUnitsPerThread];
  int first_ = 0;
  int count_ = 0;
};

class Worker {
 public:
  Worker(Shared& shared, int index) : shared_(shared), index_(index) {}

  [[noreturn]] void Run() {
    for (int i = 0; i < kThreadsPerWorker; ++i) {
      pthread_t thread;
      CHECK_EQ(pthread_create(&thread, nullptr, Serve, this), 0);
    }
    memgov_budget_t budget{};
    budget.size = sizeof budget;
    CHECK_EQ(memgov_budget(&budget), 0);
    shared_.workers[index_].soft_bytes = budget.soft_bytes;
    for (;;) pause();
  }

 private:
  static void* Serve(void* argument) {
    Worker& worker = *static_cast<Worker*>(argument);
    UnitQueue queue(worker.shared_.workers[worker.index_]);
    for (;;) {
      if (worker.shared_.busy == worker.index_) {
        if (!queue.Full() && queue.TryTake()) continue;
        queue.TryFinishOldest();
      } else {
        while (queue.TryFinishOldest()) {
        }
      }
      usleep(kPauseMicroseconds);
    }
  }

  Shared& shared_;
  const int index_;
};

#endif  // MEMGOV_TESTS_PROGRAMS_COHORT_WORKERS_WORKER_H_
