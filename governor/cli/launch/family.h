// The processes that descend from one.
#ifndef MEMGOV_GOVERNOR_CLI_LAUNCH_FAMILY_H_
#define MEMGOV_GOVERNOR_CLI_LAUNCH_FAMILY_H_

#include <set>
#include <string>

namespace memgov::cli {

// Children of `ancestor`, their children, and so on, by the parents in /proc/*/stat at this moment; without
// those that have ended and were not waited for. About 10 us for each process of the machine.
std::set<int> Descendants(int ancestor, const std::string& proc_root = "/proc");

// Kills all of them, again and again, until there are none: they may be starting others. At most a second.
void KillDescendants(int ancestor);

// Does one of them accept connections, by TCP or by a Unix socket with a name?
bool Listens(const std::set<int>& processes, const std::string& proc_root = "/proc");

}  // namespace memgov::cli

#endif  // MEMGOV_GOVERNOR_CLI_LAUNCH_FAMILY_H_
