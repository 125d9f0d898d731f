// Pool: threads that each carry a request from its body to its answer, and block in the middle of it.
//
// The worker that has waited longest gets the next request, as in tokio's blocking pool: all of them come to
// hold memory, not just the few that would be enough.
// Safety: any thread submits. Nothing but the requests' own work makes blocks.
#ifndef BENCHMARKS_POOL_CHURN_POOL_H_
#define BENCHMARKS_POOL_CHURN_POOL_H_

#include <deque>
#include <mutex>
#include <semaphore>
#include <thread>
#include <vector>

#include "request.h"
#include "upstream.h"

namespace pool_churn {

class Pool {
 public:
  // Returns when every thread waits for its first request.
  explicit Pool(size_t threads);
  // Requests still queued are not served.
  ~Pool();
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  void Submit(Request* request);

 private:
  struct Worker {
    std::binary_semaphore wake{0};
    Request* request = nullptr;
    std::thread thread;
  };

  void Run(Worker& self);
  // NULL: the pool is stopping.
  Request* Next(Worker& self);
  void Serve(Request& request);

  Upstream upstream_;
  std::deque<Worker> workers_;
  std::mutex mutex_;
  // A ring of those that wait, the longest-waiting first.
  std::vector<Worker*> idle_;
  size_t idle_first_ = 0;
  size_t idle_count_ = 0;
  RequestList queue_;
  bool stopping_ = false;
};

}  // namespace pool_churn

#endif  // BENCHMARKS_POOL_CHURN_POOL_H_
