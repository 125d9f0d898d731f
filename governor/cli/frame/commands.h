// The commands of this folder, each for CLI11's tree (frame/command.h).
#ifndef MEMGOV_GOVERNOR_CLI_FRAME_COMMANDS_H_
#define MEMGOV_GOVERNOR_CLI_FRAME_COMMANDS_H_

namespace CLI {
class App;
}

namespace memgov::cli {

void AddManual(CLI::App& tool, int* exit_status);
void AddCompletion(CLI::App& tool, int* exit_status);

}  // namespace memgov::cli

#endif  // MEMGOV_GOVERNOR_CLI_FRAME_COMMANDS_H_
