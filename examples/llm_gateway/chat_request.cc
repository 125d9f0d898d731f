#include "chat_request.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"

namespace llm_gateway {
namespace {

using nlohmann::json;

bool IsMessage(const json& message) {
  return message.is_object() && message.contains("role") && message["role"].is_string() &&
         message.contains("content") && message["content"].is_string();
}

absl::Status Check(const json& document) {
  if (document.is_discarded()) return absl::InvalidArgumentError("the body is not JSON");
  if (!document.is_object()) return absl::InvalidArgumentError("the body is not a JSON object");
  const auto messages = document.find("messages");
  if (messages == document.end() || !messages->is_array() || messages->empty()) {
    return absl::InvalidArgumentError("'messages' must be an array with at least one message");
  }
  for (const json& message : *messages) {
    if (!IsMessage(message)) {
      return absl::InvalidArgumentError("every message needs a 'role' and a 'content', both strings");
    }
  }
  const auto stream = document.find("stream");
  if (stream != document.end() && !stream->is_boolean()) {
    return absl::InvalidArgumentError("'stream' must be true or false");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<ChatRequest> ChatRequest::Parse(std::string_view body) {
  json document = json::parse(body, nullptr, /*allow_exceptions=*/false);
  if (absl::Status status = Check(document); !status.ok()) return status;
  return ChatRequest(std::move(document));
}

std::string_view ChatRequest::last_message() const {
  return document_["messages"].back()["content"].get_ref<const std::string&>();
}

std::string ChatRequest::ToUpstreamBody(std::string_view earlier_answer) const {
  const std::string body = document_.dump(-1, ' ', false, json::error_handler_t::replace);
  if (earlier_answer.empty()) return body;
  const std::string earlier = json(earlier_answer).dump(-1, ' ', false, json::error_handler_t::replace);
  return absl::StrCat("{\"earlier\":", earlier, ",\"request\":", body, "}");
}

}  // namespace llm_gateway
