#include "governor/cli/launch/prepare.h"

#include <iostream>
#include <utility>

namespace memgov::cli {

absl::StatusOr<Prepared> Prepare(const std::vector<std::string>& command, const Settings& settings) {
  if (absl::Status status = CheckSettings(settings); !status.ok()) return status;
  absl::StatusOr<Program> program = FindProgram(command, ValueOf(OwnEnvironment(), "PATH"));
  if (!program.ok()) return program.status();
  absl::StatusOr<std::string> library = FindObject(settings);
  if (!library.ok()) return library.status();
  return Prepared{*std::move(program), *std::move(library)};
}

ExitCode FailToLaunch(const absl::Status& status) {
  std::cerr << "memgov: " << status.message() << "\n";
  if (absl::IsNotFound(status)) return kNoCommand;
  return absl::IsInvalidArgument(status) ? kUsage : kCannotRun;
}

}  // namespace memgov::cli
