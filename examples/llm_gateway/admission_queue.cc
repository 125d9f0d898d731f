#include "admission_queue.h"

#include <algorithm>
#include <utility>

#include "absl/time/clock.h"

namespace llm_gateway {

using memgov::Admission;
using memgov::Answer;

AdmissionQueue::Ticket::Ticket(AdmissionQueue* queue, Admission admission)
    : queue_(queue), admission_(std::move(admission)) {}

AdmissionQueue::Ticket::Ticket(Ticket&& other) noexcept
    : queue_(std::exchange(other.queue_, nullptr)), admission_(std::move(other.admission_)) {}

AdmissionQueue::Ticket::~Ticket() {
  if (queue_ == nullptr) return;
  admission_->GiveBack();  // before the first in line is told to ask
  queue_->OnTicketGone();
}

std::optional<AdmissionQueue::Ticket> AdmissionQueue::Enter(size_t bytes) {
  absl::MutexLock lock(&mutex_);
  if (!options_.ask) {
    ++counts_.admitted;
    return Ticket();
  }
  std::optional<Admission> admission;
  if (AskOrWait(bytes, admission) != Answer::kAdmitted) {
    ++counts_.rejected;
    return std::nullopt;
  }
  ++counts_.admitted;
  return Ticket(this, *std::move(admission));
}

AdmissionCounts AdmissionQueue::Counts() const {
  absl::MutexLock lock(&mutex_);
  AdmissionCounts counts = counts_;
  counts.waiting = line_.size();
  return counts;
}

Answer AdmissionQueue::AskOrWait(size_t bytes, std::optional<Admission>& admission) {
  const auto ask = [&] {
    admission.emplace(Admission::TryAdmit(bytes));
    return admission->answer();
  };
  Answer answer = line_.empty() ? ask() : Answer::kDefer;  // nobody overtakes those who wait
  if (answer != Answer::kDefer) return answer;
  ++counts_.deferred;
  if (line_.size() >= static_cast<size_t>(options_.most_waiting)) return answer;
  const absl::Time deadline = absl::Now() + options_.longest_wait;
  Waiter self;
  line_.push_back(&self);
  while (answer == Answer::kDefer && absl::Now() < deadline) {
    const bool first = line_.front() == &self;
    self.changed.WaitWithDeadline(&mutex_,
                                  first ? std::min(deadline, absl::Now() + options_.ask_again) : deadline);
    if (line_.front() == &self) answer = ask();
  }
  Leave(&self);
  return answer;
}

void AdmissionQueue::Leave(Waiter* waiter) {
  line_.erase(std::find(line_.begin(), line_.end(), waiter));
  WakeTheFirst();
}

void AdmissionQueue::WakeTheFirst() {
  if (!line_.empty()) line_.front()->changed.Signal();
}

void AdmissionQueue::OnTicketGone() {
  absl::MutexLock lock(&mutex_);
  WakeTheFirst();
}

}  // namespace llm_gateway
