// How a command of the tool is made: each adds itself to CLI11's tree, from which --help, the manual page and
// the shell completion are made, too. Every option needs a help text; every command a line of what it does.
#ifndef MEMGOV_GOVERNOR_CLI_FRAME_COMMAND_H_
#define MEMGOV_GOVERNOR_CLI_FRAME_COMMAND_H_

namespace CLI {
class App;
}

namespace memgov::cli {

// Adds the command to `tool` with a callback that runs it and puts the exit status (exit_codes.h) into
// *exit_status. `tool` and `exit_status` outlive the parse.
using AddCommand = void (*)(CLI::App& tool, int* exit_status);

}  // namespace memgov::cli

#endif  // MEMGOV_GOVERNOR_CLI_FRAME_COMMAND_H_
