// memgov stat: all figures of one process, in groups.
#ifndef MEMGOV_GOVERNOR_CLI_SHOW_STAT_H_
#define MEMGOV_GOVERNOR_CLI_SHOW_STAT_H_

#include <ostream>

#include "governor/cli/show/fresh.h"
#include "governor/cli/show/json_figures.h"
#include "governor/cli/show/process_row.h"

namespace memgov::cli {

// Every figure that the process has appears once, those that no group names (of a later version) as "other";
// but reasons for which nothing was released are left out.
void PrintStat(const Fresh& fresh, const ProcessRow& row, std::ostream& out);
Json StatJson(const Fresh& fresh, const ProcessRow& row);

// The exit status.
int RunStat(int pid, bool json);

}  // namespace memgov::cli

#endif  // MEMGOV_GOVERNOR_CLI_SHOW_STAT_H_
