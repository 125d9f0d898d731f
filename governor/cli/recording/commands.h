// The commands of this folder; frame/command.h says what these functions do.
#ifndef MEMGOV_GOVERNOR_CLI_RECORDING_COMMANDS_H_
#define MEMGOV_GOVERNOR_CLI_RECORDING_COMMANDS_H_

namespace CLI {
class App;
}

namespace memgov::cli {

void AddRecord(CLI::App& tool, int* exit_status);
void AddReport(CLI::App& tool, int* exit_status);

}  // namespace memgov::cli

#endif  // MEMGOV_GOVERNOR_CLI_RECORDING_COMMANDS_H_
