// memgov explain.
#ifndef MEMGOV_GOVERNOR_CLI_EXPLAIN_COMMANDS_H_
#define MEMGOV_GOVERNOR_CLI_EXPLAIN_COMMANDS_H_

namespace CLI {
class App;
}

namespace memgov::cli {

void AddExplain(CLI::App& tool, int* exit_status);

}  // namespace memgov::cli

#endif  // MEMGOV_GOVERNOR_CLI_EXPLAIN_COMMANDS_H_
