// The pool that a governed process puts a thread in, found from outside as its governor finds it:
// docs/pools.md has the order.
//
// Safety: one thread. Assumptions: rules are any bytes; those that the process itself would not take are
// none.
#ifndef MEMGOV_GOVERNOR_CLI_EXPLAIN_POOL_NAMES_H_
#define MEMGOV_GOVERNOR_CLI_EXPLAIN_POOL_NAMES_H_

#include <map>
#include <string>
#include <string_view>

#include "governor/cli/proc/threads.h"

namespace memgov::cli::explain {

class PoolNames {
 public:
  // `rules` as MEMGOV_POOLS has them, "" for none.
  explicit PoolNames(std::string rules);

  // "main" of the thread that runs main in process `pid`; else by the first rule that fits its name; else by
  // that name.
  std::string Of(const Thread& thread, int pid);

 private:
  std::string Find(const std::string& thread_name) const;

  std::string rules_;
  std::map<std::string, std::string> found_;  // by name of the thread
};

// MEMGOV_POOLS in the answer to "config" (docs/control.md); "" where there are no rules.
std::string RulesInConfig(std::string_view config);

}  // namespace memgov::cli::explain

#endif  // MEMGOV_GOVERNOR_CLI_EXPLAIN_POOL_NAMES_H_
