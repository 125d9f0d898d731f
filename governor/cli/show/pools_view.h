// memgov pools: who holds what, by pool.
#ifndef MEMGOV_GOVERNOR_CLI_SHOW_POOLS_VIEW_H_
#define MEMGOV_GOVERNOR_CLI_SHOW_POOLS_VIEW_H_

#include <ostream>
#include <string>
#include <vector>

#include "governor/cli/frame/output.h"
#include "governor/cli/show/json_figures.h"
#include "governor/cli/target/segment.h"

namespace memgov::cli {

struct PoolRow {
  std::string name;  // any bytes
  uint64_t threads = 0;
  uint64_t parked_threads = 0;
  uint64_t live_bytes = 0;
  uint64_t held_bytes = 0;
  uint64_t budget_bytes = UINT64_MAX;  // unlimited: none of its own
  double share = 0;                    // of what the process holds
};

// What holds most first.
std::vector<PoolRow> PoolRowsOf(const Reading& reading);

// What the process holds and no pool does: free pages and the caches by CPU.
uint64_t HeldByNoPool(const Reading& reading);

// A table with bars of `bar_cells`, what no pool holds last. Pools that have nothing are left out.
Table PoolTable(const Reading& reading, int bar_cells, bool unicode);

// The exit status.
int RunPools(int pid, bool json);

}  // namespace memgov::cli

#endif  // MEMGOV_GOVERNOR_CLI_SHOW_POOLS_VIEW_H_
