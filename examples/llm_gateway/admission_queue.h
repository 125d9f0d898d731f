// AdmissionQueue: asks memgov whether a request fits in memory, and lets a few wait where it does not yet.
//
//   admitted -> a Ticket that holds the reservation
//   defer    -> waits in line, first come first served; the first in line asks again now and then, and
//   whenever
//               a ticket goes
//   reject, a full line, or too long a wait -> no ticket: answer 503
//
// Safety: any thread; Enter blocks its caller for at most the longest wait. Tickets may go on another thread,
// and must go before the queue does.
#ifndef EXAMPLES_LLM_GATEWAY_ADMISSION_QUEUE_H_
#define EXAMPLES_LLM_GATEWAY_ADMISSION_QUEUE_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memgov/memgov.hpp>
#include <optional>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace llm_gateway {

struct AdmissionOptions {
  bool ask = true;  // false: everything is admitted
  int most_waiting = 512;
  absl::Duration longest_wait = absl::Seconds(2);
  absl::Duration ask_again = absl::Milliseconds(20);
};

struct AdmissionCounts {
  uint64_t admitted = 0;
  uint64_t deferred = 0;  // of all, those that did not get their answer at once
  uint64_t rejected = 0;  // by memgov, by a full line, or after the longest wait
  size_t waiting = 0;     // now
};

class AdmissionQueue {
 public:
  class [[nodiscard]] Ticket {
   public:
    Ticket(Ticket&& other) noexcept;
    Ticket& operator=(Ticket&&) = delete;
    ~Ticket();

   private:
    friend class AdmissionQueue;
    Ticket() = default;
    Ticket(AdmissionQueue* queue, memgov::Admission admission);

    AdmissionQueue* queue_ = nullptr;
    std::optional<memgov::Admission> admission_;
  };

  explicit AdmissionQueue(const AdmissionOptions& options) : options_(options) {}

  // For work that needs about `bytes`. Nothing: refused.
  std::optional<Ticket> Enter(size_t bytes) ABSL_LOCKS_EXCLUDED(mutex_);

  AdmissionCounts Counts() const ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  struct Waiter {
    absl::CondVar changed;
  };

  // `admission` holds what was asked for last.
  memgov::Answer AskOrWait(size_t bytes, std::optional<memgov::Admission>& admission)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Leave(Waiter* waiter) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void WakeTheFirst() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void OnTicketGone() ABSL_LOCKS_EXCLUDED(mutex_);

  const AdmissionOptions options_;
  mutable absl::Mutex mutex_;
  std::deque<Waiter*> line_ ABSL_GUARDED_BY(mutex_);
  AdmissionCounts counts_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace llm_gateway

#endif  // EXAMPLES_LLM_GATEWAY_ADMISSION_QUEUE_H_
