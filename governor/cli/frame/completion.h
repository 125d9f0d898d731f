// Completion for shells: what may come next after `memgov ...`.
//
// The scripts need nothing but the shell itself. They offer commands, options, what an option allows, files,
// and the pids of governed processes (asked of `memgov ps --json`).
#ifndef MEMGOV_GOVERNOR_CLI_FRAME_COMPLETION_H_
#define MEMGOV_GOVERNOR_CLI_FRAME_COMPLETION_H_

#include <string>

#include "governor/cli/frame/command_tree.h"

namespace memgov::cli {

// For `source` in ~/.bashrc, or as <prefix>/share/bash-completion/completions/memgov.
std::string BashCompletion(const CommandText& tool);
// For a folder of $fpath, as _memgov.
std::string ZshCompletion(const CommandText& tool);
// For ~/.config/fish/completions/memgov.fish.
std::string FishCompletion(const CommandText& tool);

}  // namespace memgov::cli

#endif  // MEMGOV_GOVERNOR_CLI_FRAME_COMPLETION_H_
