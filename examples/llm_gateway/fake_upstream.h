// FakeUpstream: a language model that takes its time and answers in pieces.
//
// Safety: any thread, many at once; each call blocks its caller, as a blocking client library does.
#ifndef EXAMPLES_LLM_GATEWAY_FAKE_UPSTREAM_H_
#define EXAMPLES_LLM_GATEWAY_FAKE_UPSTREAM_H_

#include <functional>
#include <string>
#include <string_view>

#include "absl/time/time.h"

namespace llm_gateway {

struct UpstreamLatency {
  absl::Duration mean;
  absl::Duration jitter;  // a call takes mean +- jitter, evenly distributed
};

class FakeUpstream {
 public:
  FakeUpstream(UpstreamLatency latency, int pieces) : latency_(latency), pieces_(pieces) {}

  // Answers `question` with words of its own, in pieces that are handed to `on_piece` as they become ready:
  // the first after half of the latency, the others spread over the rest. Ends early when on_piece returns
  // false.
  void Ask(std::string_view question, const std::function<bool(std::string piece)>& on_piece) const;

 private:
  UpstreamLatency latency_;
  int pieces_;
};

}  // namespace llm_gateway

#endif  // EXAMPLES_LLM_GATEWAY_FAKE_UPSTREAM_H_
