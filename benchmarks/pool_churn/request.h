// Request: one request from its first byte to the last of its answer, and a list of them that makes no
// blocks.
//
// Safety: a request belongs to one thread at a time: receiver, worker, the same receiver.
#ifndef BENCHMARKS_POOL_CHURN_REQUEST_H_
#define BENCHMARKS_POOL_CHURN_REQUEST_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "buffer.h"

namespace pool_churn {

class Receiver;

struct Request {
  uint64_t number = 0;
  int64_t begun_ns = 0;
  Receiver* receiver = nullptr;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string_view sent;  // what the client sends: shared, not received yet
  std::string_view sent_by_upstream;
  Buffer body;  // what was received of `sent`: the receiver's block, freed by the worker
  std::vector<std::string> answer;
  Request* next = nullptr;  // RequestList's
};

// First in, first out.
class RequestList {
 public:
  bool empty() const { return first_ == nullptr; }
  void Push(Request* request) {
    request->next = nullptr;
    (first_ == nullptr ? first_ : last_->next) = request;
    last_ = request;
  }
  // NULL when empty.
  Request* Pop() {
    Request* const request = first_;
    if (request != nullptr) first_ = request->next;
    return request;
  }

 private:
  Request* first_ = nullptr;
  Request* last_ = nullptr;
};

}  // namespace pool_churn

#endif  // BENCHMARKS_POOL_CHURN_REQUEST_H_
