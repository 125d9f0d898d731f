// Receiver: an I/O thread with some connections: reads requests, hands them to the pool, writes answers.
//
// As an event loop does, it takes turns among the connections that have something to read, so that many
// bodies grow at the same time. Safety: Begin and WaitUntilDone from one thread, one plan at a time; Answered
// from any.
#ifndef BENCHMARKS_POOL_CHURN_RECEIVER_H_
#define BENCHMARKS_POOL_CHURN_RECEIVER_H_

#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "latencies.h"
#include "plan.h"
#include "pool.h"
#include "request.h"

namespace pool_churn {

class Receiver {
 public:
  Receiver(size_t connections, const std::vector<std::string>& bodies, Pool& pool, Latencies& latencies);
  ~Receiver();
  Receiver(const Receiver&) = delete;
  Receiver& operator=(const Receiver&) = delete;

  void Begin(Plan& plan);
  // Until every request that this receiver began under the plan is answered.
  void WaitUntilDone();

  void Answered(Request* request);

 private:
  void Run();
  // False when the receiver is to end.
  bool WaitForWork(RequestList& answered);
  void Finish(Request* request);
  void BeginThoseDue();
  void ReadOnce();

  const size_t connections_;
  const std::vector<std::string>& bodies_;
  Pool& pool_;
  Latencies& latencies_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::condition_variable done_;
  RequestList answered_;
  Plan* plan_ = nullptr;
  bool stopping_ = false;

  // The thread's own.
  std::optional<Plan::Start> start_;
  RequestList reading_;
  size_t busy_ = 0;
  std::thread thread_;
};

}  // namespace pool_churn

#endif  // BENCHMARKS_POOL_CHURN_RECEIVER_H_
