#include "governor/cli/frame/exit_codes.h"

#include <iostream>

#include "governor/cli/frame/output.h"

namespace memgov::cli {

ExitCode CodeOf(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kOk:
      return kOk;
    case absl::StatusCode::kInvalidArgument:
      return kUsage;
    case absl::StatusCode::kNotFound:
      return kNotFound;
    case absl::StatusCode::kPermissionDenied:
      return kNotPermitted;
    default:
      return kUnavailable;
  }
}

ExitCode Fail(const absl::Status& status) {
  std::cerr << "memgov: " << Printable(std::string(status.message())) << "\n";
  return CodeOf(status);
}

}  // namespace memgov::cli
