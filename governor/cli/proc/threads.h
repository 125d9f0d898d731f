// The threads of a process and the pools that they form, by their names.
#ifndef MEMGOV_GOVERNOR_CLI_PROC_THREADS_H_
#define MEMGOV_GOVERNOR_CLI_PROC_THREADS_H_

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace memgov::cli {

struct Thread {
  int id = 0;
  std::string name;  // any 15 bytes
  char state = '?';
  uint64_t switches = 0;       // how often it was taken off a CPU
  uint64_t stack_pointer = 0;  // 0: it runs, or the kernel does not tell (that needs the right to trace it)
};

// About 30 us a thread. Threads that end meanwhile are left out.
absl::StatusOr<std::vector<Thread>> ReadThreads(int pid, const std::string& root = "/proc");

// "parse-pool-17" -> "parse-pool", as the governor's own naming has it (docs/pools.md). A name that is
// nothing but a number stays.
std::string_view PoolOf(std::string_view thread_name);
// The same of a thread of process `pid`: the one that runs main is pool "main", whatever its name.
std::string PoolOf(const Thread& thread, int pid);
using NamePool = std::function<std::string(const Thread&)>;

struct ThreadPool {
  std::string name;
  uint64_t threads = 0;
  uint64_t parked = 0;  // slept all the time from the first look to the second
};

// Pools, as `pool_of` names them, by number of threads, the largest first. `before` are the same threads some
// time earlier; without it those that sleep now count as parked.
std::vector<ThreadPool> GroupThreads(const std::vector<Thread>& before, const std::vector<Thread>& now,
                                     const NamePool& pool_of);

}  // namespace memgov::cli

#endif  // MEMGOV_GOVERNOR_CLI_PROC_THREADS_H_
