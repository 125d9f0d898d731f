// The memory cgroup that a process is in, v1 or v2: what an operator and the kernel count.
#ifndef MEMGOV_GOVERNOR_CLI_PROC_CGROUP_MEMORY_H_
#define MEMGOV_GOVERNOR_CLI_PROC_CGROUP_MEMORY_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"

namespace memgov::cli {

struct CgroupMemory {
  int version = 0;        // 1 or 2
  std::string directory;  // as this tool sees it
  uint64_t usage_bytes = 0;
  uint64_t limit_bytes = UINT64_MAX;  // the least of this one and its parents
  uint64_t anonymous_bytes = 0;
  uint64_t file_bytes = 0;
  uint64_t inactive_file_bytes = 0;
  uint64_t kernel_bytes = 0;
  uint64_t working_set_bytes = 0;  // usage less inactive file, as the kubelet has it
  uint64_t oom_kills = 0;
  uint64_t limit_hits = 0;       // memory.events max, or failcnt
  uint64_t stalled_some_us = 0;  // memory.pressure, 0 where there is none
  bool has_limit = false;
};

// `root` is "/", or a fixture tree with proc/ and sys/. kNotFound: none (no memory controller, or the process
// is gone).
absl::StatusOr<CgroupMemory> ReadCgroupMemory(int pid, const std::string& root = "/");

}  // namespace memgov::cli

#endif  // MEMGOV_GOVERNOR_CLI_PROC_CGROUP_MEMORY_H_
