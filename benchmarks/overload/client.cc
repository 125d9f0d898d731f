#include "client.h"

#include <sys/socket.h>

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace overload {

void Client::Begin(gateway_load::Request request) {
  head_.clear();
  connection_.Begin(std::move(request));
}

absl::Status Client::Receive() {
  if (!absl::StrContains(head_, "\r\n\r\n")) {
    char buffer[4096];
    const ssize_t seen = recv(connection_.socket(), buffer, sizeof buffer, MSG_PEEK);
    if (seen > 0) head_.append(buffer, static_cast<size_t>(seen));
  }
  return connection_.Receive();
}

std::optional<double> Client::RetryAfter() const {
  for (absl::string_view line : absl::StrSplit(head_, "\r\n")) {
    if (line.empty()) return std::nullopt;
    double seconds = 0;
    if (!absl::StartsWithIgnoreCase(line, "retry-after:")) continue;
    line.remove_prefix(line.find(':') + 1);
    if (absl::SimpleAtod(absl::StripAsciiWhitespace(line), &seconds) && seconds >= 0) return seconds;
  }
  return std::nullopt;
}

}  // namespace overload
