#include "thread_pool.h"

#include <pthread.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/blocking_counter.h"

namespace llm_gateway {
namespace {

constexpr size_t kThreadNameBytes = 15;

void NameThisThread(const std::string& name) {
  pthread_setname_np(pthread_self(), name.substr(0, kThreadNameBytes).c_str());
}

}  // namespace

ThreadPool::ThreadPool(const std::string& name, int threads) {
  absl::BlockingCounter started(threads);
  threads_.reserve(static_cast<size_t>(threads));
  for (int number = 0; number < threads; ++number) {
    threads_.emplace_back([this, &started, thread_name = absl::StrCat(name, "-", number)] {
      NameThisThread(thread_name);
      started.DecrementCount();
      Run();
    });
  }
  started.Wait();
}

ThreadPool::~ThreadPool() { Shutdown(); }

void ThreadPool::Submit(std::function<void()> work) {
  absl::MutexLock lock(&mutex_);
  queue_.push_back(std::move(work));
  work_arrived_.Signal();
}

void ThreadPool::Shutdown() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
    work_arrived_.SignalAll();
  }
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

void ThreadPool::Run() {
  while (std::function<void()> work = Take()) work();
}

std::function<void()> ThreadPool::Take() {
  absl::MutexLock lock(&mutex_);
  while (queue_.empty() && !stopping_) work_arrived_.Wait(&mutex_);
  if (queue_.empty()) return nullptr;
  std::function<void()> work = std::move(queue_.front());
  queue_.pop_front();
  return work;
}

}  // namespace llm_gateway
