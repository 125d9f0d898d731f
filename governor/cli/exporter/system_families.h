// What the kernel says of a process and of its memory cgroup, as metrics: fresh at each scrape, whether the
// process is stopped, wedged or at rest.
#ifndef MEMGOV_GOVERNOR_CLI_EXPORTER_SYSTEM_FAMILIES_H_
#define MEMGOV_GOVERNOR_CLI_EXPORTER_SYSTEM_FAMILIES_H_

#include <map>
#include <string>

#include "governor/cli/exporter/exposition.h"
#include "governor/cli/proc/memory.h"

namespace memgov::cli {

// `proportional`: PSS as well, which is milliseconds on a big process and holds its mmap lock meanwhile.
// What cannot be read is left out. False: the process is gone.
bool AddProcessFamilies(const Proc& proc, int pid, bool proportional, const std::string& labels,
                        Exposition& page);

// Cgroups are read once a scrape, however many processes are in one.
class CgroupFamilies {
 public:
  // `root` is "/", or a fixture tree with proc/ and sys/.
  explicit CgroupFamilies(std::string root = "/") : root_(std::move(root)) {}

  // The label value "cgroup" of the process' memory cgroup, with that one's metrics on the page; "" where
  // there is none.
  std::string Add(int pid, Exposition& page);

 private:
  std::string root_;
  std::map<std::string, std::string> directories_;  // by what /proc/<pid>/cgroup says
};

}  // namespace memgov::cli

#endif  // MEMGOV_GOVERNOR_CLI_EXPORTER_SYSTEM_FAMILIES_H_
