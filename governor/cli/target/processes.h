// Governed processes that this user may see: found by their files in the runtime folders.
#ifndef MEMGOV_GOVERNOR_CLI_TARGET_PROCESSES_H_
#define MEMGOV_GOVERNOR_CLI_TARGET_PROCESSES_H_

#include <sys/types.h>

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "governor/cli/target/segment.h"

namespace memgov::cli {

struct Governed {
  int pid = 0;
  uid_t user = 0;      // owner of the folder, hence of the process
  std::string folder;  // ".../memgov-<uid>"
  Reading reading;

  std::string SegmentPath() const;   // <folder>/<pid>.stats
  std::string SocketPath() const;    // <folder>/<pid>.sock
  std::string EvidencePath() const;  // <folder>/<pid>.evidence
};

// Folders named memgov-<uid> in MEMGOV_DIR (of this tool's environment), XDG_RUNTIME_DIR, /run, /run/user/*,
// and /dev/shm, in that order; of root those of all users, else those that it may read. Owned by who their
// name says and no links. A MEMGOV_DIR that is no folder costs one line on standard error, once.
struct RuntimeFolder {
  std::string path;
  uid_t user = 0;
};
std::vector<RuntimeFolder> FindRuntimeFolders();

// All that live, by pid. What cannot be read (damaged, another version) is left out, and said in *problems,
// one line each, when that is not nullptr. About 50 us a process.
std::vector<Governed> ListGoverned(std::vector<std::string>* problems = nullptr);

// One that lives, in the folders that its own environment names, too. kNotFound: no such process, or a thread
// of one; it is not governed, and why (not loaded, no governor yet, exports nothing); kPermissionDenied:
// another user's; else as ReadSegment.
absl::StatusOr<Governed> FindGoverned(int pid);

// Reads its figures again.
absl::Status Refresh(Governed& process);

// Those of processes that are gone, newest first: their last figures, and evidence where there is some.
std::vector<Governed> ListDead();

// A decimal pid; kInvalidArgument names `what`.
absl::StatusOr<int> ParsePid(std::string_view text);

}  // namespace memgov::cli

#endif  // MEMGOV_GOVERNOR_CLI_TARGET_PROCESSES_H_
