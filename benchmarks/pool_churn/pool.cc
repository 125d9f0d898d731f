#include "pool.h"

#include <pthread.h>

#include <chrono>

#include "body.h"
#include "document.h"
#include "receiver.h"

namespace pool_churn {
namespace {

constexpr size_t kShortestChunk = 128;
constexpr size_t kLongestChunk = 2048;

// An answer of streamed chunks: pieces of the document, each a block that another thread will free.
std::vector<std::string> MakeAnswer(const std::string& text, uint64_t request_number) {
  Random random(request_number);
  std::vector<std::string> answer;
  const size_t chunks = random.Between(10, 40);
  for (size_t i = 0; i < chunks; ++i) {
    const size_t from = random.Next() % text.size();
    answer.push_back(text.substr(from, random.Spread(kShortestChunk, kLongestChunk)));
  }
  return answer;
}

}  // namespace

Pool::Pool(size_t threads) : upstream_(threads), idle_(threads) {
  for (size_t i = 0; i < threads; ++i) {
    Worker& worker = workers_.emplace_back();
    worker.thread = std::thread([this, &worker] { Run(worker); });
  }
  for (bool all_wait = false; !all_wait; std::this_thread::sleep_for(std::chrono::milliseconds(1))) {
    const std::lock_guard lock(mutex_);
    all_wait = idle_count_ == threads;
  }
}

Pool::~Pool() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  for (Worker& worker : workers_) worker.wake.release();
  for (Worker& worker : workers_) worker.thread.join();
}

void Pool::Submit(Request* request) {
  Worker* worker = nullptr;
  {
    const std::lock_guard lock(mutex_);
    if (idle_count_ == 0) return queue_.Push(request);
    worker = idle_[idle_first_];
    idle_first_ = (idle_first_ + 1) % idle_.size();
    --idle_count_;
    worker->request = request;
  }
  worker->wake.release();
}

void Pool::Run(Worker& self) {
  pthread_setname_np(pthread_self(), "worker");
  while (Request* const request = Next(self)) {
    Serve(*request);
    request->receiver->Answered(request);
  }
}

Request* Pool::Next(Worker& self) {
  {
    const std::lock_guard lock(mutex_);
    if (Request* const queued = stopping_ ? nullptr : queue_.Pop()) return queued;
    idle_[(idle_first_ + idle_count_) % idle_.size()] = &self;
    ++idle_count_;
    self.request = nullptr;
  }
  self.wake.acquire();
  return self.request;
}

// Holds the document and what it sends while upstream thinks; then reads the answer and passes it on.
void Pool::Serve(Request& request) {
  const Document document = Parse(request.body.content());
  request.body.Free();
  const std::string sent_upstream = Flatten(*document);
  upstream_.Ask(request.number);
  Buffer answer;
  while (!answer.ReadOnce(request.sent_by_upstream)) {
  }
  request.answer = MakeAnswer(Flatten(*Parse(answer.content())), request.number);
}

}  // namespace pool_churn
