#include "receiver.h"

#include <pthread.h>

#include <algorithm>
#include <cstdlib>

#include "body.h"

namespace pool_churn {
namespace {

constexpr size_t kHeaders = 12;

std::vector<std::pair<std::string, std::string>> ReceiveHeaders(uint64_t number) {
  std::vector<std::pair<std::string, std::string>> headers;
  for (size_t i = 0; i < kHeaders; ++i) {
    headers.emplace_back(std::string(8 + i, 'h'), std::string(10 + (number + i * 17) % 120, 'v'));
  }
  return headers;
}

// A write(2) would read every byte.
size_t Send(const std::string& chunk) {
  return static_cast<size_t>(std::count(chunk.begin(), chunk.end(), '\n'));
}

}  // namespace

Receiver::Receiver(size_t connections, const std::vector<std::string>& bodies, Pool& pool,
                   Latencies& latencies)
    : connections_(connections), bodies_(bodies), pool_(pool), latencies_(latencies) {
  thread_ = std::thread([this] { Run(); });
}

Receiver::~Receiver() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void Receiver::Begin(Plan& plan) {
  const std::lock_guard lock(mutex_);
  plan_ = &plan;
  changed_.notify_one();
}

void Receiver::WaitUntilDone() {
  std::unique_lock lock(mutex_);
  done_.wait(lock, [this] { return plan_ == nullptr; });
}

void Receiver::Answered(Request* request) {
  const std::lock_guard lock(mutex_);
  answered_.Push(request);
  changed_.notify_one();
}

void Receiver::Run() {
  pthread_setname_np(pthread_self(), "receiver");
  RequestList answered;
  while (WaitForWork(answered)) {
    while (Request* const request = answered.Pop()) Finish(request);
    BeginThoseDue();
    ReadOnce();
  }
}

bool Receiver::WaitForWork(RequestList& answered) {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    if (plan_ != nullptr && !start_) start_ = plan_->Next();
    const bool over = plan_ != nullptr && !start_ && busy_ == 0;
    if (over) {
      plan_ = nullptr;
      done_.notify_one();
    }
    const bool may_begin = start_ && busy_ < connections_;
    if (!answered_.empty() || !reading_.empty() || (may_begin && start_->due_ns <= NowNs())) break;
    if (may_begin) {
      changed_.wait_until(lock, TimePoint(start_->due_ns));
    } else {
      changed_.wait(lock);
    }
  }
  std::swap(answered, answered_);
  return !stopping_;
}

void Receiver::Finish(Request* request) {
  for (const std::string& chunk : request->answer) {
    if (Send(chunk) > chunk.size()) std::abort();
  }
  latencies_.Add(NowNs() - request->begun_ns);
  delete request;
  --busy_;
}

void Receiver::BeginThoseDue() {
  while (start_ && busy_ < connections_ && start_->due_ns <= NowNs()) {
    auto* const request = new Request;
    request->number = start_->number;
    request->begun_ns = NowNs();
    request->receiver = this;
    request->headers = ReceiveHeaders(start_->number);
    request->sent = bodies_[start_->number % bodies_.size()];
    request->sent_by_upstream = bodies_[Random(start_->number).Next() % bodies_.size()];
    reading_.Push(request);
    ++busy_;
    const std::lock_guard lock(mutex_);
    start_ = plan_->Next();
  }
}

// One turn: what every connection's socket holds.
void Receiver::ReadOnce() {
  RequestList turn;
  std::swap(turn, reading_);
  while (Request* const request = turn.Pop()) {
    if (request->body.ReadOnce(request->sent)) {
      pool_.Submit(request);
    } else {
      reading_.Push(request);
    }
  }
}

}  // namespace pool_churn
