// exchange.h: a table of blocks that threads swap with each other, and threads that do nothing else. A
// quarter of them does so in short-lived threads, so that threads end all the time, too.
//
// Safety: any thread. Threads stop on request; what is left in the table is freed by Clear.
#ifndef MEMGOV_TESTS_STRESS_EXCHANGE_H_
#define MEMGOV_TESTS_STRESS_EXCHANGE_H_

#include <pthread.h>

#include <atomic>

#include "stress/marked_block.h"

inline constexpr int kExchangeSlots = 1000;
inline std::atomic<MarkedBlock*> exchange_slots[kExchangeSlots];

inline MarkedBlock* Swap(Random& random, MarkedBlock* block) {
  return exchange_slots[random.Below(kExchangeSlots)].exchange(block);
}

inline void ClearExchange() {
  for (auto& slot : exchange_slots) FreeMarked(slot.exchange(nullptr));
}

class ExchangeThreads {
 public:
  static constexpr int kThreads = 8;

  ExchangeThreads() {
    for (int i = 0; i < kThreads; ++i)
      CHECK_EQ(pthread_create(&threads_[i], nullptr, i % 4 ? Run : RunInShortThreads, this), 0);
  }
  ~ExchangeThreads() {
    stop_ = true;
    for (pthread_t thread : threads_) pthread_join(thread, nullptr);
    ClearExchange();
  }
  ExchangeThreads(const ExchangeThreads&) = delete;
  ExchangeThreads& operator=(const ExchangeThreads&) = delete;

 private:
  static void* Run(void* self) {
    ExchangeThreads& threads = *static_cast<ExchangeThreads*>(self);
    Random random(threads.next_seed_++);
    while (!threads.stop_) FreeMarked(Swap(random, NewMarked(random, 13)));
    return nullptr;
  }

  static void* RunShortly(void* self) {
    Random random(static_cast<ExchangeThreads*>(self)->next_seed_++);
    for (int i = 0; i < 500; ++i) FreeMarked(Swap(random, NewMarked(random, 13)));
    return nullptr;
  }

  static void* RunInShortThreads(void* self) {
    while (!static_cast<ExchangeThreads*>(self)->stop_) {
      pthread_t thread;
      CHECK_EQ(pthread_create(&thread, nullptr, RunShortly, self), 0);
      CHECK_EQ(pthread_join(thread, nullptr), 0);
    }
    return nullptr;
  }

  pthread_t threads_[kThreads];
  std::atomic<bool> stop_{false};
  std::atomic<uint64_t> next_seed_{1};
};

#endif  // MEMGOV_TESTS_STRESS_EXCHANGE_H_
