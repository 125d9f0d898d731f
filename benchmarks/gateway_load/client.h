// RunLoad: a closed loop of requests over a number of keep-alive connections, from one thread with epoll.
//
// Safety: blocks its caller for the length of the load.
#ifndef BENCHMARKS_GATEWAY_LOAD_CLIENT_H_
#define BENCHMARKS_GATEWAY_LOAD_CLIENT_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "request_maker.h"

namespace gateway_load {

struct LoadPlan {
  int port = 0;
  int concurrency = 96;
  double seconds = 10;    // no new request after this time ...
  uint64_t requests = 0;  // ... or, where not 0, after this many
  double rate = 0;        // requests per second, as long as a connection is free; 0: one when one is answered
};

struct LoadResult {
  std::vector<double> latencies_ms;  // of requests answered with status 200
  uint64_t errors = 0;
  std::string first_error;
  double started = 0;   // see Now()
  double finished = 0;  // when the last response was complete
  double client_cpu_seconds = 0;

  double RequestsPerSecond() const;
};

using LoadProgress = std::function<void(double seconds, uint64_t answered)>;

// Calls `progress` about twice a second. An error status where not even the first connection could be made.
absl::StatusOr<LoadResult> RunLoad(const LoadPlan& plan, RequestMaker& requests,
                                   const LoadProgress& progress);

}  // namespace gateway_load

#endif  // BENCHMARKS_GATEWAY_LOAD_CLIENT_H_
