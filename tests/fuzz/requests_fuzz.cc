// Any packet as a request of the control socket: the answer is one of ours, whole, and within its bounds; a
// handler sees text only.
#include <stddef.h>
#include <stdint.h>

#include <string>
#include <string_view>
#include <vector>

#include "governor/control/requests.h"

using namespace memgov::control;

namespace {

void Require(bool holds) {
  if (!holds) __builtin_trap();
}

// Says how long its answer is, and writes as much of it as fits.
Outcome Echo(const char* argument, char* out, size_t capacity) {
  const std::string_view text = argument;
  Require(text.size() <= kMostRequestBytes);
  for (const char c : text) Require(static_cast<unsigned char>(c) >= ' ');
  const size_t size = text.size() > 100 ? capacity + text.size() : text.size();
  for (size_t index = 0; index < size && index < capacity; ++index)
    out[index] = index < text.size() ? text[index] : 'x';
  return {text.size() % 2 == 0, size};
}

void Ask(const std::string& request, std::vector<char>& answer) {
  const size_t size = AnswerRequest(request.data(), request.size(), answer.data());
  Require(size <= kAnswerBytes);
  const std::string_view text(answer.data(), size);
  Require(text.starts_with("ok ") || text.starts_with("error "));
  if (text.starts_with("error ")) Require(text.find('\n') == std::string_view::npos && text.size() < 600);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  // Its size is exactly what may be written: a sanitizer sees the byte behind.
  static std::vector<char> answer(kAnswerBytes);
  for (int request = 0; request < static_cast<int>(Request::kCount); ++request)
    SetHandler(static_cast<Request>(request), Echo);
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  Ask(bytes, answer);
  for (const char* verb : {"set ", "release ", "json ", "json"}) Ask(verb + bytes, answer);
  SetHandler(Request::kJson, nullptr);
  Ask("json", answer);
  return 0;
}
