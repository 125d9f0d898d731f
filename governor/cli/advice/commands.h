// The commands of this folder, each for CLI11's tree (frame/command.h).
#ifndef MEMGOV_GOVERNOR_CLI_ADVICE_COMMANDS_H_
#define MEMGOV_GOVERNOR_CLI_ADVICE_COMMANDS_H_

namespace CLI {
class App;
}

namespace memgov::cli {

void AddAdvise(CLI::App& tool, int* exit_status);
void AddSnippet(CLI::App& tool, int* exit_status);

}  // namespace memgov::cli

#endif  // MEMGOV_GOVERNOR_CLI_ADVICE_COMMANDS_H_
