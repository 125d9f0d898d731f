// Finds the program behind a command, and says why LD_PRELOAD would not reach it.
//
// Assumptions: ld.so(8), execve(2), execvp(3). The loader ignores LD_PRELOAD where the kernel sets AT_SECURE.
#ifndef MEMGOV_GOVERNOR_CLI_LAUNCH_PRELOADABLE_H_
#define MEMGOV_GOVERNOR_CLI_LAUNCH_PRELOADABLE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace memgov::cli {

struct Program {
  std::string path;                    // what to execute
  std::vector<std::string> arguments;  // with the command's first word at [0]; for a file that is neither ELF
                                       // nor names its interpreter, /bin/sh and the file, as execvp(3) has it
  std::string loaded;                  // the ELF file that the loader loads: itself, or what runs the script
  std::string loader;                  // its PT_INTERP; "" where nobody may read it
};

// By `search_path` ("" for none, then as execvp does: the system's). kNotFound: no such command;
// kFailedPrecondition: it is there, but cannot be executed, or not preloaded, and why.
absl::StatusOr<Program> FindProgram(const std::vector<std::string>& command, const std::string& search_path);

}  // namespace memgov::cli

#endif  // MEMGOV_GOVERNOR_CLI_LAUNCH_PRELOADABLE_H_
