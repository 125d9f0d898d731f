// `memgov advise`: from a recording or a process to advice in some form.
#ifndef MEMGOV_GOVERNOR_CLI_ADVICE_ADVISE_H_
#define MEMGOV_GOVERNOR_CLI_ADVICE_ADVISE_H_

#include <string>

#include "absl/status/statusor.h"

namespace memgov::cli {

struct AdviseRequest {
  std::string what;             // a pid, where it is digits alone; else a recording's path
  std::string format = "text";  // text, compose, k8s, systemd
  std::string headroom;         // "" chooses
  int workers = 0;
  bool json = false;
};

// The text to print. Errors name the argument, its value and what is allowed.
absl::StatusOr<std::string> Advise(const AdviseRequest& request);

}  // namespace memgov::cli

#endif  // MEMGOV_GOVERNOR_CLI_ADVICE_ADVISE_H_
