#include "word_service.h"

#include <memgov/advanced.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <chrono>
#include <optional>
#include <string_view>
#include <thread>
#include <unordered_map>

namespace cpp_service {
namespace {

// The body, its table of words, the answer: measured at three to six times the body.
constexpr size_t kNeedPerByte = 6;
constexpr size_t kMostBytes = size_t{64} << 20;

std::optional<size_t> ContentLength(const httplib::Request& request) {
  const std::string text = request.get_header_value("Content-Length");
  size_t length = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return length;
}

void Refuse(httplib::Response& response, int status, const char* reason) {
  response.status = status;
  response.set_content(reason, "text/plain");
}

std::string CountWords(std::string_view text) {
  const memgov::PoolScope scope("count");
  std::unordered_map<std::string, size_t> counts;
  size_t total = 0;
  const auto is_letter = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; };
  for (auto at = text.begin(); (at = std::find_if(at, text.end(), is_letter)) != text.end(); ++total) {
    const auto end = std::find_if_not(at, text.end(), is_letter);
    ++counts[std::string(at, end)];
    at = end;
  }
  if (counts.empty()) return "0\n";
  const auto most = std::max_element(counts.begin(), counts.end(), [](const auto& left, const auto& right) {
    return left.second != right.second ? left.second < right.second : left.first > right.first;
  });
  return std::to_string(total) + " " + most->first + "\n";
}

// Where memgov is absent (a sanitizer's build): empty.
std::string Metrics() {
  std::string text(64 << 10, '\0');
  size_t length = memgov_text(MEMGOV_TEXT_PROMETHEUS, text.data(), text.size());
  while (length >= text.size()) {
    text.resize(length + 1024);
    length = memgov_text(MEMGOV_TEXT_PROMETHEUS, text.data(), text.size());
  }
  text.resize(length);
  return text;
}

}  // namespace

WordService::WordService()
    : on_pressure_([this](const memgov_pressure_t& event) {
        if (event.rung != MEMGOV_NORMAL) cache_.Drop();
      }) {
  server_.Post("/words", [this](const httplib::Request& request, httplib::Response& response,
                                const httplib::ContentReader& read) { Words(request, response, read); });
  server_.Get("/metrics", [](const httplib::Request&, httplib::Response& response) {
    response.set_content(Metrics(), "text/plain; version=0.0.4");
  });
  server_.Get("/healthz", [](const httplib::Request&, httplib::Response& response) {
    response.set_content("ok\n", "text/plain");
  });
}

int WordService::Bind(const std::string& address, int port) {
  if (port == 0) return server_.bind_to_any_port(address);
  return server_.bind_to_port(address, port) ? port : -1;
}

// A server that does not run yet would take no notice.
void WordService::Stop() {
  while (!server_.is_running()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  server_.stop();
}

void WordService::Words(const httplib::Request& request, httplib::Response& response,
                        const httplib::ContentReader& read) {
  const auto read_past = [](const char*, size_t) { return true; };
  const std::optional<size_t> length = ContentLength(request);
  if (!length.has_value()) {
    read(read_past);
    return Refuse(response, 411, "say how long the body is\n");
  }
  if (*length > kMostBytes) {
    read(read_past);
    return Refuse(response, 413, "at most 64 MiB\n");
  }
  const auto admission = memgov::Admission::TryAdmit(*length * kNeedPerByte);
  if (admission.answer() != memgov::Answer::kAdmitted) {
    read(read_past);
    response.set_header("Retry-After", "1");
    return Refuse(response, 503, "no memory for this now\n");
  }
  std::string body;
  body.reserve(*length);
  read([&body](const char* data, size_t size) {
    body.append(data, size);
    return true;
  });
  std::optional<std::string> answer = cache_.Find(body);
  if (!answer.has_value()) {
    answer = CountWords(body);
    cache_.Keep(body, *answer);
  }
  response.set_content(*answer, "text/plain");
}

}  // namespace cpp_service
