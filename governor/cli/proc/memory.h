// Of any process, from /proc: what it has in memory, its threads, how it was started.
//
// All functions: kNotFound where the process is gone, kPermissionDenied where the kernel says so, kDataLoss
// for what cannot be parsed. `root` is "/proc", or a fixture tree.
#ifndef MEMGOV_GOVERNOR_CLI_PROC_MEMORY_H_
#define MEMGOV_GOVERNOR_CLI_PROC_MEMORY_H_

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace memgov::cli {

class Proc {
 public:
  explicit Proc(std::string root = "/proc") : root_(std::move(root)) {}

  // statm and stat: two small files, microseconds, no lock of the target's.
  struct Brief {
    uint64_t resident_bytes = 0;
    uint64_t shared_bytes = 0;  // file and shared memory pages of it
    uint64_t virtual_bytes = 0;
    uint64_t minor_faults = 0;
    uint64_t major_faults = 0;
    uint64_t threads = 0;
    uint64_t start_ticks = 0;
    char state = '?';
    std::string command;  // comm: at most 15 bytes
  };
  absl::StatusOr<Brief> ReadBrief(int pid) const;

  // status: RssAnon, RssFile, RssShmem, VmSwap, VmHWM.
  struct Status {
    uint64_t anonymous_bytes = 0;
    uint64_t file_bytes = 0;
    uint64_t shared_memory_bytes = 0;
    uint64_t swap_bytes = 0;
    uint64_t peak_bytes = 0;
    uid_t user = 0;
  };
  absl::StatusOr<Status> ReadStatus(int pid) const;

  // smaps_rollup: takes the target's mmap lock and walks its page tables: milliseconds on a big process.
  struct Rollup {
    uint64_t resident_bytes = 0;
    uint64_t proportional_bytes = 0;  // PSS
    uint64_t anonymous_bytes = 0;
    uint64_t huge_bytes = 0;  // AnonHugePages
    uint64_t lazy_free_bytes = 0;
    uint64_t swap_bytes = 0;
  };
  absl::StatusOr<Rollup> ReadRollup(int pid) const;

  // The first word of the command line, else comm.
  absl::StatusOr<std::string> ReadCommand(int pid) const;
  absl::StatusOr<std::vector<std::string>> ReadCommandLine(int pid) const;
  absl::StatusOr<std::map<std::string, std::string>> ReadEnvironment(int pid) const;  // as it was at exec

  // kNotFound where `pid` is the id of a thread: the kernel shows those below /proc, too, as if they were
  // processes. OK for what is not there.
  absl::Status CheckNoThread(int pid) const;

  const std::string& root() const { return root_; }

 private:
  std::string root_;
};

}  // namespace memgov::cli

#endif  // MEMGOV_GOVERNOR_CLI_PROC_MEMORY_H_
