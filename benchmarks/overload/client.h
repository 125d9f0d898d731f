// Client: one keep-alive connection of the overload, its waits, and what its answers were.
//
// Safety: one thread.
#ifndef BENCHMARKS_OVERLOAD_CLIENT_H_
#define BENCHMARKS_OVERLOAD_CLIENT_H_

#include <optional>
#include <string>

#include "connection.h"

namespace overload {

class Client {
 public:
  explicit Client(int port) : connection_(port) {}

  gateway_load::Connection& connection() { return connection_; }
  bool Waits() const { return !connection_.busy(); }
  double due() const { return due_; }
  void WaitUntil(double due) { due_ = due; }

  void Begin(gateway_load::Request request);
  // Reads what has arrived, after a look at it: Connection keeps no headers.
  absl::Status Receive();

  // Of the answer: nothing where it has no such header, or one that is no number of seconds.
  std::optional<double> RetryAfter() const;

 private:
  gateway_load::Connection connection_;
  std::string head_;  // of the answer, as far as it arrived; content may follow
  double due_ = 0;    // of the next request
};

}  // namespace overload

#endif  // BENCHMARKS_OVERLOAD_CLIENT_H_
