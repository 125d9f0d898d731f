// RunOverload: keep-alive clients that ask for more than the server can hold, and behave as clients do when
// they are refused: they wait, then try again. One thread with epoll.
//
// Each client sends its next request when the last one is answered with 200. After a 503 it waits: by default
// `refused_wait_seconds`, times 0.5 to 1.5; with `obey_retry_after`, what the answer's Retry-After says (at
// most ten seconds), times 1 to 1.5. After a connection that broke it waits as after a refusal and connects
// again.
//
// Safety: blocks its caller for the length of the load.
#ifndef BENCHMARKS_OVERLOAD_OVERLOAD_CLIENT_H_
#define BENCHMARKS_OVERLOAD_OVERLOAD_CLIENT_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "request_maker.h"

namespace overload {

struct ClientPlan {
  int port = 0;
  std::string path = "/v1/chat/completions";
  gateway_load::BodySizes sizes;
  int connections = 400;
  double seconds = 8;  // no new request after this time
  double refused_wait_seconds = 0.1;
  bool obey_retry_after = false;
};

struct ClientResult {
  std::vector<double> ok_ms;    // latencies of requests answered with 200, whenever the answer came
  uint64_t ok_in_time = 0;      // of these, answered before the load's time was over
  uint64_t refused = 0;         // answered with 503
  uint64_t refused_mutely = 0;  // of these, without a Retry-After
  uint64_t other_status = 0;
  uint64_t unanswered = 0;  // the connection broke, or no answer within 30 s
  std::string first_failure;
  double seconds = 0;  // that requests were begun

  double Goodput() const { return seconds > 0 ? static_cast<double>(ok_in_time) / seconds : 0; }
};

// Called some twenty times a second with the seconds since the start; false ends the load: what is not
// answered then counts as unanswered.
using OverloadTick = std::function<bool(double seconds)>;

// An error status where not even the first connection could be made.
absl::StatusOr<ClientResult> RunOverload(const ClientPlan& plan, const OverloadTick& tick);

}  // namespace overload

#endif  // BENCHMARKS_OVERLOAD_OVERLOAD_CLIENT_H_
