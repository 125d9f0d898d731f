// Where this process may make a memory cgroup: found by /proc/self/cgroup and /proc/self/mountinfo, never by
// the usual paths (a container may have its hierarchy anywhere).
//
// Safety: looks at files only.
#ifndef BENCHMARKS_OVERLOAD_CGROUP_PLACE_H_
#define BENCHMARKS_OVERLOAD_CGROUP_PLACE_H_

#include <filesystem>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace overload {

struct CgroupPlace {
  int version = 0;                // 1 or 2
  std::filesystem::path own;      // the folder of this process's memory cgroup
  std::filesystem::path topmost;  // the folder that the hierarchy is mounted at
};

// By the text of the two files. NotFound says what is missing.
absl::StatusOr<CgroupPlace> PlaceFrom(absl::string_view cgroup, absl::string_view mountinfo);

absl::StatusOr<CgroupPlace> FindPlace();

}  // namespace overload

#endif  // BENCHMARKS_OVERLOAD_CGROUP_PLACE_H_
