#include "request_maker.h"

#include <cmath>
#include <nlohmann/json.hpp>
#include <random>
#include <utility>

#include "absl/strings/str_cat.h"

namespace gateway_load {
namespace {

using nlohmann::json;
using Random = std::minstd_rand;

constexpr size_t kBodies = 32;
constexpr size_t kSessions = 509;  // prime: every session meets every body
constexpr size_t kToolsFrom = 16 << 10;
constexpr int kTools = 12;

size_t Between(Random& random, size_t low, size_t high) { return low + random() % (high - low + 1); }

std::string Words(Random& random, size_t bytes) {
  static constexpr const char* kWords[] = {"the",     "gateway",       "answers",     "a",
                                           "request", "with \"care\"", "memory",      "\n",
                                           "token",   "upstream",      "caf\xc3\xa9", "of"};
  std::string text;
  while (text.size() < bytes) absl::StrAppend(&text, kWords[random() % std::size(kWords)], " ");
  return text;
}

json Tool(Random& random, int number) {
  json properties = json::object();
  for (size_t i = Between(random, 4, 8); i > 0; --i) {
    properties[absl::StrCat("argument_", i)] = {{"type", "string"}, {"description", Words(random, 40)}};
  }
  return {{"type", "function"},
          {"function",
           {{"name", absl::StrCat("tool_", number)},
            {"description", Words(random, 120)},
            {"parameters", {{"type", "object"}, {"properties", properties}, {"required", {"argument_1"}}}}}}};
}

json Message(Random& random, size_t content_bytes, bool from_user) {
  return {{"role", from_user ? "user" : "assistant"},
          {"content", Words(random, content_bytes)},
          {"metadata",
           {{"id", absl::StrCat("msg_", random())}, {"tokens", content_bytes / 4}, {"cached", false}}}};
}

}  // namespace

std::string RequestMaker::MakeBody(size_t bytes, unsigned seed) {
  Random random(seed + 1);
  json body = {{"model", "example-1"}, {"stream", true}, {"temperature", 0.7}, {"messages", json::array()}};
  if (bytes >= kToolsFrom) {
    for (int i = 0; i < kTools; ++i) body["tools"].push_back(Tool(random, i));
  }
  json& messages = body["messages"];
  size_t size = body.dump().size();
  constexpr size_t kMessageOverhead = 120;
  while (messages.empty() || size + kMessageOverhead < bytes) {
    const size_t left = bytes > size + kMessageOverhead ? bytes - size - kMessageOverhead : 1;
    messages.push_back(Message(random, std::min(left, Between(random, 200, 2000)), messages.size() % 2 == 0));
    size += messages.back().dump().size() + 1;
  }
  return body.dump();
}

RequestMaker::RequestMaker(std::string path, BodySizes sizes) : path_(std::move(path)) {
  const double ratio = static_cast<double>(sizes.largest) / static_cast<double>(sizes.smallest);
  for (size_t i = 0; i < kBodies; ++i) {
    const double share = static_cast<double>(i) / static_cast<double>(kBodies - 1);
    const double bytes = static_cast<double>(sizes.smallest) * std::pow(ratio, share);
    bodies_.push_back(MakeBody(static_cast<size_t>(bytes), static_cast<unsigned>(i)));
  }
  std::shuffle(bodies_.begin(), bodies_.end(), Random(1));
}

Request RequestMaker::Next() {
  const std::string& body = bodies_[made_ % kBodies];
  const size_t session = made_ % kSessions;
  ++made_;
  return {.head = absl::StrCat(
              "POST ", path_, " HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n",
              "X-Session-Id: session-", session, "\r\nContent-Length: ", body.size(), "\r\n\r\n"),
          .body = body};
}

}  // namespace gateway_load
