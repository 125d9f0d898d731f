// ResponseParser: recognises where an HTTP/1.1 response ends, and its status. Content is counted, not kept.
//
// Safety: one response at a time, one thread.
// Assumptions: the response has a Content-Length or is chunked (what a server does that keeps connections).
#ifndef BENCHMARKS_GATEWAY_LOAD_RESPONSE_PARSER_H_
#define BENCHMARKS_GATEWAY_LOAD_RESPONSE_PARSER_H_

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"

namespace gateway_load {

class ResponseParser {
 public:
  enum class State { kHeaders, kContent, kChunkSize, kChunk, kChunkEnd, kTrailer, kDone, kMalformed };

  // Takes what arrived; bytes after the end of the response make it malformed (nothing was asked for them).
  void Feed(absl::string_view data);

  // Forgets the response: ready for the next one.
  void Reset();

  bool done() const { return state_ == State::kDone; }
  bool malformed() const { return state_ == State::kMalformed; }
  int status() const { return status_; }
  size_t content_bytes() const { return content_bytes_; }
  bool keeps_connection() const { return keeps_connection_; }

 private:
  void FeedLine(absl::string_view& data);
  void FeedContent(absl::string_view& data);
  void TakeHeaderLine(absl::string_view line);
  void TakeStatusLine(absl::string_view line);
  void TakeField(absl::string_view line);
  void TakeChunkSize(absl::string_view line);
  void EndHeaders();

  State state_ = State::kHeaders;
  std::string line_;  // of the headers, a chunk size or the trailer; as far as it arrived
  int status_ = 0;
  bool chunked_ = false;
  bool has_length_ = false;
  bool keeps_connection_ = true;
  size_t left_ = 0;  // of the content or the chunk
  size_t content_bytes_ = 0;
};

}  // namespace gateway_load

#endif  // BENCHMARKS_GATEWAY_LOAD_RESPONSE_PARSER_H_
