// The commands that start a program: run, try, check.
#ifndef MEMGOV_GOVERNOR_CLI_LAUNCH_COMMANDS_H_
#define MEMGOV_GOVERNOR_CLI_LAUNCH_COMMANDS_H_

namespace CLI {
class App;
}

namespace memgov::cli {

void AddRun(CLI::App& tool, int* exit_status);
void AddTry(CLI::App& tool, int* exit_status);
void AddCheck(CLI::App& tool, int* exit_status);

}  // namespace memgov::cli

#endif  // MEMGOV_GOVERNOR_CLI_LAUNCH_COMMANDS_H_
