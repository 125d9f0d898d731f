// The commands that show and steer what runs: ps, stat, pools, top, release, set, health, last
// (docs/tool-show.md). What is the same in several of them is here, too.
#ifndef MEMGOV_GOVERNOR_CLI_SHOW_COMMANDS_H_
#define MEMGOV_GOVERNOR_CLI_SHOW_COMMANDS_H_

namespace CLI {
class App;
}

namespace memgov::cli {

constexpr const char* kJsonHelp = "As JSON";
constexpr const char* kPidHelp = "Id of a governed process";

void AddPs(CLI::App& tool, int* exit_status);
void AddStat(CLI::App& tool, int* exit_status);
void AddPools(CLI::App& tool, int* exit_status);
void AddTop(CLI::App& tool, int* exit_status);
void AddRelease(CLI::App& tool, int* exit_status);
void AddSet(CLI::App& tool, int* exit_status);
void AddHealth(CLI::App& tool, int* exit_status);
void AddLast(CLI::App& tool, int* exit_status);

}  // namespace memgov::cli

#endif  // MEMGOV_GOVERNOR_CLI_SHOW_COMMANDS_H_
