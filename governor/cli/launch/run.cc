#include "governor/cli/launch/run.h"

#include <string.h>

#include <cerrno>
#include <iostream>

#include "absl/strings/str_cat.h"
#include "governor/cli/frame/output.h"
#include "governor/cli/launch/preflight.h"
#include "governor/cli/launch/prepare.h"
#include "governor/cli/launch/start.h"
#include "governor/cli/launch/watcher.h"

namespace memgov::cli {
namespace {

void SayWhatHappens(const Prepared& prepared) {
  std::cerr << "memgov: preloads " << Printable(prepared.object) << " into "
            << Printable(prepared.program.loaded) << "\n"
            << "memgov: what it starts inherits LD_PRELOAD and the MEMGOV_ variables, and is governed too, "
               "except static and set-user-id programs and those started with an environment of their own\n";
}

absl::Status CannotExecute(const Program& program) {
  return absl::FailedPreconditionError(absl::StrCat(Printable(program.path), ": ", strerror(errno)));
}

}  // namespace

ExitCode RunCommand(const std::vector<std::string>& command, const Settings& settings, bool verbose) {
  const absl::StatusOr<Prepared> prepared = Prepare(command, settings);
  if (!prepared.ok()) return FailToLaunch(prepared.status());
  const Program& program = prepared->program;
  const Environment environment = WithMemgov(OwnEnvironment(), prepared->object, settings);
  if (verbose) SayWhatHappens(*prepared);
  if (OrphansComeHere()) {
    const absl::Status asked = AskLoader(program, environment, prepared->object);
    if (!asked.ok()) return FailToLaunch(asked);
    if (verbose) std::cerr << "memgov: its loader has named the object\n";
    Execute(program.path, program.arguments, environment);
  } else {
    const Watcher watcher(prepared->object, program.path, verbose);
    Execute(program.path, program.arguments, environment);
  }
  return FailToLaunch(CannotExecute(program));
}

}  // namespace memgov::cli
