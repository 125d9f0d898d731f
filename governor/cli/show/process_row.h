// What ps and top show of a process: its last figures, and RSS as the kernel has it now.
#ifndef MEMGOV_GOVERNOR_CLI_SHOW_PROCESS_ROW_H_
#define MEMGOV_GOVERNOR_CLI_SHOW_PROCESS_ROW_H_

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "governor/cli/proc/memory.h"
#include "governor/cli/show/age.h"
#include "governor/cli/target/processes.h"

namespace memgov::cli {

struct ProcessRow {
  int pid = 0;
  std::string user;
  std::string command;  // any bytes
  std::string engine;
  uint64_t resident_bytes = 0;
  std::optional<uint64_t> proportional_bytes;  // only where it was asked for
  uint64_t live_bytes = 0;
  uint64_t held_bytes = 0;
  std::optional<uint64_t> dirty_bytes;  // only of engines that keep exact books
  std::optional<uint64_t> fragmentation_bytes;
  uint64_t charged_bytes = 0;
  uint64_t hard_bytes = UINT64_MAX;
  uint64_t rung = 0;
  uint64_t pools = 0;
  uint64_t threads = 0;
  uint64_t parked_threads = 0;
  char state = '?';  // as in proc(5): T stopped
  absl::Duration age;

  // Of the hard budget; 0 without one.
  double BudgetPart() const;
};

// Names of users, each looked up once.
class UserNames {
 public:
  // The number where it has no name.
  const std::string& Of(uid_t user);

 private:
  std::map<uid_t, std::string> names_;
};

// "normal", "soft", "hard"; the number for anything else.
std::string RungName(uint64_t rung);

// Pools that have threads or bytes, without memgov's own.
uint64_t CountPools(const Reading& reading);

// Two small files of /proc; `with_pss` one that takes the target's lock. What /proc does not say is of the
// reading.
ProcessRow RowOf(const Governed& process, const Proc& proc, UserNames& users, const Clocks& now,
                 bool with_pss);

// Sizes from the greatest, names from A, pid and age from the least. False: there is no such key.
bool SortRows(std::vector<ProcessRow>& rows, std::string_view key);
// What SortRows takes.
std::vector<std::string> SortKeys();

// The command without its folder, for people.
std::string CommandCell(std::string_view command);

// Its rung; "stopped" or "ended" where nothing of it goes on.
std::string RungCell(const ProcessRow& row);

// "49% of 243.2 MB"; what is charged where there is no limit.
std::string BudgetText(const ProcessRow& row);

}  // namespace memgov::cli

#endif  // MEMGOV_GOVERNOR_CLI_SHOW_PROCESS_ROW_H_
