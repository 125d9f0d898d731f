#include "response_parser.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/strip.h"

namespace gateway_load {
namespace {

constexpr size_t kLongestLine = 16 << 10;

}  // namespace

void ResponseParser::Feed(absl::string_view data) {
  while (!data.empty() && !malformed()) {
    switch (state_) {
      case State::kContent:
      case State::kChunk:
        FeedContent(data);
        break;
      case State::kDone:
        state_ = State::kMalformed;
        break;
      default:
        FeedLine(data);
    }
  }
}

void ResponseParser::Reset() { *this = ResponseParser(); }

void ResponseParser::FeedContent(absl::string_view& data) {
  const size_t taken = std::min(left_, data.size());
  data.remove_prefix(taken);
  left_ -= taken;
  content_bytes_ += taken;
  if (left_ == 0) state_ = state_ == State::kChunk ? State::kChunkEnd : State::kDone;
}

void ResponseParser::FeedLine(absl::string_view& data) {
  const size_t end = data.find('\n');
  const size_t taken = end == absl::string_view::npos ? data.size() : end + 1;
  line_.append(data.data(), taken);
  data.remove_prefix(taken);
  if (line_.size() > kLongestLine) {
    state_ = State::kMalformed;
  } else if (end != absl::string_view::npos) {
    const std::string line(absl::StripTrailingAsciiWhitespace(line_));
    line_.clear();
    if (state_ == State::kHeaders) return TakeHeaderLine(line);
    if (state_ == State::kChunkSize) return TakeChunkSize(line);
    if (state_ == State::kTrailer && line.empty()) state_ = State::kDone;
    if (state_ == State::kChunkEnd) state_ = line.empty() ? State::kChunkSize : State::kMalformed;
  }
}

void ResponseParser::TakeHeaderLine(absl::string_view line) {
  if (status_ == 0) return TakeStatusLine(line);
  if (line.empty()) return EndHeaders();
  TakeField(line);
}

void ResponseParser::TakeStatusLine(absl::string_view line) {
  if (!absl::ConsumePrefix(&line, "HTTP/1.") || line.size() < 5 ||
      !absl::SimpleAtoi(line.substr(2, 3), &status_)) {
    state_ = State::kMalformed;
  }
}

void ResponseParser::TakeField(absl::string_view line) {
  const size_t colon = line.find(':');
  if (colon == absl::string_view::npos) {
    state_ = State::kMalformed;
    return;
  }
  const absl::string_view name = line.substr(0, colon);
  const absl::string_view value = absl::StripAsciiWhitespace(line.substr(colon + 1));
  if (absl::EqualsIgnoreCase(name, "content-length")) {
    has_length_ = absl::SimpleAtoi(value, &left_);
    if (!has_length_) state_ = State::kMalformed;
  } else if (absl::EqualsIgnoreCase(name, "transfer-encoding")) {
    chunked_ = absl::EqualsIgnoreCase(value, "chunked");
  } else if (absl::EqualsIgnoreCase(name, "connection")) {
    keeps_connection_ = !absl::EqualsIgnoreCase(value, "close");
  }
}

void ResponseParser::EndHeaders() {
  if (chunked_) {
    state_ = State::kChunkSize;
  } else if (!has_length_) {
    state_ = State::kMalformed;
  } else {
    state_ = left_ == 0 ? State::kDone : State::kContent;
  }
}

void ResponseParser::TakeChunkSize(absl::string_view line) {
  const absl::string_view digits = absl::StripTrailingAsciiWhitespace(line.substr(0, line.find(';')));
  if (digits.empty() || !absl::SimpleHexAtoi(digits, &left_)) {
    state_ = State::kMalformed;
  } else {
    state_ = left_ == 0 ? State::kTrailer : State::kChunk;
  }
}

}  // namespace gateway_load
