#include "request_body.h"

#include <algorithm>

namespace llm_gateway {
namespace {

// cpp-httplib has no plain reader for forms.
bool Read(const httplib::Request& request, const httplib::ContentReader& reader,
          httplib::ContentReceiver receive) {
  if (!request.is_multipart_form_data()) return reader(std::move(receive));
  return reader([](const httplib::MultipartFormData&) { return true; },
                [](const char*, size_t) { return true; });
}

}  // namespace

size_t BodyBytesOf(const httplib::Request& request, size_t most) {
  if (!request.has_header("Content-Length")) return most;
  return std::min<size_t>(most, request.get_header_value<uint64_t>("Content-Length"));
}

std::optional<std::string> ReadBody(const httplib::Request& request, const httplib::ContentReader& reader,
                                    size_t expected) {
  std::string body;
  if (request.has_header("Content-Length")) body.reserve(expected);
  const bool whole = Read(request, reader, [&body](const char* data, size_t bytes) {
    body.append(data, bytes);
    return true;
  });
  if (!whole) return std::nullopt;
  return body;
}

void DropBody(const httplib::Request& request, const httplib::ContentReader& reader) {
  Read(request, reader, [](const char*, size_t) { return true; });
}

}  // namespace llm_gateway
