// ChatRequest: the JSON body of a chat completion, parsed and checked.
//
// Safety: a value; parsing touches nothing shared.
#ifndef EXAMPLES_LLM_GATEWAY_CHAT_REQUEST_H_
#define EXAMPLES_LLM_GATEWAY_CHAT_REQUEST_H_

#include <nlohmann/json.hpp>
#include <string_view>

#include "absl/status/statusor.h"

namespace llm_gateway {

class ChatRequest {
 public:
  // InvalidArgument, in one sentence, when the body is not what /v1/chat/completions takes.
  static absl::StatusOr<ChatRequest> Parse(std::string_view body);

  bool stream() const { return document_.value("stream", false); }

  // The content of the last message: what the user said now. Lives as long as this object.
  std::string_view last_message() const;

  // The body as it goes upstream, with the earlier answer of the session (may be empty) put before the rest.
  std::string ToUpstreamBody(std::string_view earlier_answer) const;

 private:
  explicit ChatRequest(nlohmann::json document) : document_(std::move(document)) {}

  nlohmann::json document_;
};

}  // namespace llm_gateway

#endif  // EXAMPLES_LLM_GATEWAY_CHAT_REQUEST_H_
