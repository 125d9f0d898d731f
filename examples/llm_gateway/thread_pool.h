// ThreadPool: a fixed number of named threads that take work from one queue, oldest waiter first.
//
// Safety: Submit from any thread; Shutdown once, from a thread that is not in the pool.
// Assumptions: all threads exist when the constructor returns, so that a measurement that starts then has
// every thread in its base. A waiting thread is woken in turn rather than the one that ran last: with more
// threads than work every thread gets some, as in the blocking pools of async runtimes.
#ifndef EXAMPLES_LLM_GATEWAY_THREAD_POOL_H_
#define EXAMPLES_LLM_GATEWAY_THREAD_POOL_H_

#include <deque>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace llm_gateway {

class ThreadPool {
 public:
  // Threads are named "<name>-<number>", cut to the 15 bytes that the kernel keeps.
  ThreadPool(const std::string& name, int threads);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  void Submit(std::function<void()> work);

  // Runs what was submitted, then joins every thread. Idempotent.
  void Shutdown();

  int size() const { return static_cast<int>(threads_.size()); }

 private:
  void Run();
  // The next piece of work; empty once the pool is shut down and the queue is drained.
  std::function<void()> Take();

  absl::Mutex mutex_;
  absl::CondVar work_arrived_;
  std::deque<std::function<void()>> queue_ ABSL_GUARDED_BY(mutex_);
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;
};

}  // namespace llm_gateway

#endif  // EXAMPLES_LLM_GATEWAY_THREAD_POOL_H_
