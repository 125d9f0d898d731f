// The texts in which the kernel says where a process's cgroups are (proc(5), cgroups(7)). Pure parsers: none
// reads beyond a text's end or trusts its form.
//
// Safety: any context; no allocation.
#ifndef MEMGOV_GOVERNOR_PRESSURE_CGROUP_PARSE_H_
#define MEMGOV_GOVERNOR_PRESSURE_CGROUP_PARSE_H_

#include <stddef.h>
#include <stdint.h>

namespace memgov {

enum class Hierarchy : uint8_t { kOther, kUnified, kMemoryV1 };

// A line of /proc/self/cgroup, "4:cpu,memory:/docker/6ae1". The path, which is part of `line`; nullptr when
// the line has another form.
const char* ParseCgroupLine(const char* line, Hierarchy* hierarchy);

// What a line of mountinfo says of a mounted cgroup hierarchy; both strings are part of the line.
struct CgroupMount {
  Hierarchy hierarchy = Hierarchy::kOther;
  const char* root = nullptr;   // which of the hierarchy's directories is mounted
  const char* point = nullptr;  // and where
};

// Octal escapes are undone in place. False for other file systems and for what is no line of mountinfo.
bool ParseCgroupMount(char* line, CgroupMount* mount);

// What is left of `path` below `root`, both from the top of a hierarchy: "" or "/a/b". nullptr when it is not
// below, or not certainly so ("/..": a cgroup outside the cgroup namespace).
const char* PathBelow(const char* path, const char* root);

}  // namespace memgov

#endif  // MEMGOV_GOVERNOR_PRESSURE_CGROUP_PARSE_H_
