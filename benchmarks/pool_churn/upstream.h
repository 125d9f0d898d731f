// Upstream: the server behind the gateway, of which only the time it takes is real.
//
// Safety: any thread may wait; up to `waiters` at a time without a block being made.
#ifndef BENCHMARKS_POOL_CHURN_UPSTREAM_H_
#define BENCHMARKS_POOL_CHURN_UPSTREAM_H_

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <semaphore>
#include <thread>
#include <vector>

namespace pool_churn {

class Upstream {
 public:
  explicit Upstream(size_t waiters);
  ~Upstream();
  Upstream(const Upstream&) = delete;
  Upstream& operator=(const Upstream&) = delete;

  // Blocks for 20 to 60 ms, always the same for the same request.
  void Ask(uint64_t request_number);

 private:
  struct Waiting {
    int64_t due_ns;
    std::binary_semaphore* answered;
    bool operator<(const Waiting& other) const { return due_ns > other.due_ns; }  // the earliest on top
  };

  void Run();
  void AnswerThoseDue(int64_t now_ns);

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Waiting> waiting_;  // a heap
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace pool_churn

#endif  // BENCHMARKS_POOL_CHURN_UPSTREAM_H_
