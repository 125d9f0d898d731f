// memgov exporter.
#ifndef MEMGOV_GOVERNOR_CLI_EXPORTER_COMMANDS_H_
#define MEMGOV_GOVERNOR_CLI_EXPORTER_COMMANDS_H_

namespace CLI {
class App;
}

namespace memgov::cli {

void AddExporter(CLI::App& tool, int* exit_status);

}  // namespace memgov::cli

#endif  // MEMGOV_GOVERNOR_CLI_EXPORTER_COMMANDS_H_
