// Is the preloaded object in a process?
#ifndef MEMGOV_GOVERNOR_CLI_LAUNCH_MAPPED_OBJECT_H_
#define MEMGOV_GOVERNOR_CLI_LAUNCH_MAPPED_OBJECT_H_

#include <string>

namespace memgov::cli {

enum class Mapped {
  kYes,
  kNotYet,      // the loader is still at work
  kNo,          // the C library is there and the object is not: preloads come first
  kGone,        // no such process any more
  kUnreadable,  // the kernel does not let this user look
};

// By /proc/<pid>/maps. `library` is the object's path; links in it are followed.
Mapped LookForObject(int pid, const std::string& library, const std::string& proc_root = "/proc");

}  // namespace memgov::cli

#endif  // MEMGOV_GOVERNOR_CLI_LAUNCH_MAPPED_OBJECT_H_
