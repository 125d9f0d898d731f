#include "governor/cli/exporter/address.h"

#include <netdb.h>
#include <sys/socket.h>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "governor/cli/frame/output.h"

namespace memgov::cli {
namespace {

absl::Status NoAddress(const std::string& text) {
  return absl::InvalidArgumentError(
      absl::StrCat("--listen: \"", Printable(text),
                   "\" is no ADDRESS:PORT; allowed: 127.0.0.1:10646, [::1]:10646, :10646 (all addresses)"));
}

}  // namespace

std::string Address::Text() const {
  return host.find(':') == std::string::npos ? absl::StrCat(host, ":", port)
                                             : absl::StrCat("[", host, "]:", port);
}

absl::StatusOr<Address> ParseAddress(const std::string& text) {
  const size_t colon = text.rfind(':');
  if (colon == std::string::npos) return NoAddress(text);
  const std::string port = text.substr(colon + 1);
  Address address;
  address.host = text.substr(0, colon);
  const bool digits = port.find_first_not_of("0123456789") == std::string::npos;
  if (!digits || !absl::SimpleAtoi(port, &address.port) || address.port > 65535) return NoAddress(text);
  if (address.host.empty()) address.host = "0.0.0.0";
  if (address.host.front() == '[' && address.host.back() == ']') {
    address.host = address.host.substr(1, address.host.size() - 2);
    if (address.host.find(':') == std::string::npos) return NoAddress(text);
  } else if (address.host.find(':') != std::string::npos) {
    return NoAddress(text);
  }
  return address;
}

absl::Status CheckHost(const Address& address) {
  addrinfo hints = {};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE;
  addrinfo* found = nullptr;
  const int error = getaddrinfo(address.host.c_str(), nullptr, &hints, &found);
  if (error != 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("--listen: no address \"", Printable(address.host), "\": ", gai_strerror(error)));
  }
  freeaddrinfo(found);
  return absl::OkStatus();
}

}  // namespace memgov::cli
