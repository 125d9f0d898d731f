// busy_threads.h: threads that allocate, hand blocks over and free them until they are told to stop.
//
// Safety: start and stop from one thread; stopping joins. The destructor stops.
// Assumptions: at most kMostThreads threads.
#ifndef MEMGOV_TESTS_LIFECYCLE_BUSY_THREADS_H_
#define MEMGOV_TESTS_LIFECYCLE_BUSY_THREADS_H_

#include <pthread.h>
#include <stdlib.h>

#include <atomic>

#include "preload_check.h"
#include "random.h"

class BusyThreads {
 public:
  static constexpr int kMostThreads = 64;

  explicit BusyThreads(int count) : count_(count) {
    for (int i = 0; i < count_; ++i) CHECK_EQ(pthread_create(&threads_[i], nullptr, Run, this), 0);
  }
  ~BusyThreads() {
    stop_ = true;
    for (int i = 0; i < count_; ++i) pthread_join(threads_[i], nullptr);
    for (auto& shared : shared_) free(shared.exchange(nullptr));
  }
  BusyThreads(const BusyThreads&) = delete;
  BusyThreads& operator=(const BusyThreads&) = delete;

  uint64_t Rounds() const { return rounds_; }

 private:
  static constexpr int kShared = 64, kOwn = 40;

  static void* Run(void* self) {
    static_cast<BusyThreads*>(self)->Work();
    return nullptr;
  }

  // Where the kernel refuses all from some call on, an engine of memgov's own has no memory to give.
  static bool MayRunOut() {
    const char* fault = getenv("MEMGOV_FAIL");
    return fault != nullptr && strchr(fault, '+') != nullptr;
  }

  // One block in eight travels through shared_, so that threads free each other's blocks.
  void Work() {
    Random random(next_seed_++);
    void* own[kOwn] = {};
    while (!stop_) {
      void*& block = own[random.Below(kOwn)];
      free(block);
      const size_t size = random.Size(15);
      block = malloc(size);
      rounds_.fetch_add(1, std::memory_order_relaxed);
      if (block == nullptr) {
        CHECK_EQ(errno, ENOMEM);
        CHECK(MayRunOut());
        continue;
      }
      memset(block, 1, size);
      if (random.Below(8) == 0) block = shared_[random.Below(kShared)].exchange(block);
    }
    for (void* block : own) free(block);
  }

  const int count_;
  pthread_t threads_[kMostThreads];
  std::atomic<bool> stop_{false};
  std::atomic<uint64_t> next_seed_{1}, rounds_{0};
  std::atomic<void*> shared_[kShared] = {};
};

#endif  // MEMGOV_TESTS_LIFECYCLE_BUSY_THREADS_H_
