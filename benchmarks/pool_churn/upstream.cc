#include "upstream.h"

#include <pthread.h>

#include <algorithm>

#include "body.h"
#include "monotonic.h"

namespace pool_churn {
namespace {

constexpr size_t kShortestMicroseconds = 20'000;
constexpr size_t kLongestMicroseconds = 60'000;

}  // namespace

Upstream::Upstream(size_t waiters) {
  waiting_.reserve(waiters);
  thread_ = std::thread([this] { Run(); });
}

Upstream::~Upstream() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void Upstream::Ask(uint64_t request_number) {
  const size_t microseconds = Random(request_number).Between(kShortestMicroseconds, kLongestMicroseconds);
  std::binary_semaphore answered{0};
  {
    const std::lock_guard lock(mutex_);
    waiting_.push_back({NowNs() + static_cast<int64_t>(microseconds) * 1000, &answered});
    std::push_heap(waiting_.begin(), waiting_.end());
    if (waiting_.front().answered == &answered) changed_.notify_one();
  }
  answered.acquire();
}

void Upstream::Run() {
  pthread_setname_np(pthread_self(), "upstream");
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    AnswerThoseDue(NowNs());
    if (waiting_.empty()) {
      changed_.wait(lock);
    } else {
      changed_.wait_until(lock, TimePoint(waiting_.front().due_ns));
    }
  }
}

void Upstream::AnswerThoseDue(int64_t now_ns) {
  while (!waiting_.empty() && waiting_.front().due_ns <= now_ns) {
    std::pop_heap(waiting_.begin(), waiting_.end());
    waiting_.back().answered->release();
    waiting_.pop_back();
  }
}

}  // namespace pool_churn
