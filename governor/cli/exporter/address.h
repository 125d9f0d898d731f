// Where the exporter listens.
#ifndef MEMGOV_GOVERNOR_CLI_EXPORTER_ADDRESS_H_
#define MEMGOV_GOVERNOR_CLI_EXPORTER_ADDRESS_H_

#include <string>

#include "absl/status/statusor.h"

namespace memgov::cli {

struct Address {
  std::string host;  // without brackets
  int port = 0;      // 0: any that is free

  std::string Text() const;  // "127.0.0.1:10646", "[::1]:10646"
};

// "127.0.0.1:10646", "[::1]:10646", "localhost:0"; ":10646" is 0.0.0.0:10646. kInvalidArgument names
// --listen, the value and what is allowed.
absl::StatusOr<Address> ParseAddress(const std::string& text);

// kInvalidArgument: `host` is no address and no name of one.
absl::Status CheckHost(const Address& address);

}  // namespace memgov::cli

#endif  // MEMGOV_GOVERNOR_CLI_EXPORTER_ADDRESS_H_
