#include "governor/cli/proc/cgroup_memory.h"

#include <sys/stat.h>

#include <algorithm>
#include <optional>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "governor/cli/proc/read_file.h"
#include "governor/pressure/cgroup.h"
#include "governor/pressure/cgroup_parse.h"

namespace memgov::cli {
namespace {

constexpr size_t kSmallFile = size_t{64} << 10;
constexpr size_t kMountFile = size_t{16} << 20;
// v1 writes "none" as the greatest multiple of a page below 2^63.
constexpr uint64_t kV1Unlimited = uint64_t{1} << 62;

// A directory of a hierarchy and the mount point above which nothing is looked at.
struct Place {
  std::string directory;
  std::string top;
};

bool IsDirectory(const std::string& path) {
  struct stat status;
  return stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

std::optional<std::string> FindPath(std::string_view cgroups, Hierarchy wanted) {
  for (const std::string_view line : Split(cgroups, "\n")) {
    Hierarchy hierarchy = Hierarchy::kOther;
    const std::string text(line);
    const char* path = ParseCgroupLine(text.c_str(), &hierarchy);
    if (path != nullptr && hierarchy == wanted) return std::string(path);
  }
  return std::nullopt;
}

// Where this tool sees that cgroup. Of several mounts the one that shows most levels; of one mount point the
// last mount, which covers the others.
std::optional<Place> FindPlace(const std::string& root, const std::string& mounts, const std::string& path,
                               Hierarchy wanted) {
  std::optional<Place> best;
  size_t best_root = 0;
  for (const std::string_view line : Split(mounts, "\n")) {
    std::string text(line);
    CgroupMount mount;
    if (!ParseCgroupMount(text.data(), &mount) || mount.hierarchy != wanted) continue;
    const char* below = PathBelow(path.c_str(), mount.root);
    if (below == nullptr) continue;
    const std::string top = absl::StrCat(root, mount.point);
    const size_t root_bytes = std::string_view(mount.root).size();
    if (!IsDirectory(top + below) || (best && root_bytes > best_root)) continue;
    best = Place{top + below, top};
    best_root = root_bytes;
  }
  return best;
}

bool Up(Place& place) {
  if (place.directory.size() <= place.top.size()) return false;
  const size_t slash = place.directory.rfind('/');
  if (slash == std::string::npos || slash < place.top.size()) return false;
  place.directory.resize(slash);
  return true;
}

std::string ReadFile(const std::string& directory, const char* name) {
  return ReadTextFile(absl::StrCat(directory, "/", name), kSmallFile).value_or("");
}

uint64_t ReadNumber(const std::string& directory, const char* name, uint64_t otherwise) {
  uint64_t number = 0;
  return ParseCgroupNumber(ReadFile(directory, name).c_str(), &number) ? number : otherwise;
}

uint64_t LeastLimit(Place place, int version) {
  uint64_t least = UINT64_MAX;
  do {
    if (version == 2) {
      least = std::min({least, ReadNumber(place.directory, "memory.max", UINT64_MAX),
                        ReadNumber(place.directory, "memory.high", UINT64_MAX)});
    } else {
      least = std::min(least, ReadNumber(place.directory, "memory.limit_in_bytes", UINT64_MAX));
    }
  } while (Up(place));
  return version == 1 && least >= kV1Unlimited ? UINT64_MAX : least;
}

// "some avg10=0.00 avg60=0.00 avg300=0.00 total=123" (docs.kernel.org/accounting/psi.html).
uint64_t ParseStalledSome(std::string_view text) {
  for (const std::string_view line : Split(text, "\n")) {
    const size_t at = line.find(" total=");
    if (line.starts_with("some ") && at != std::string_view::npos)
      return ParseNumber(line.substr(at + 7)).value_or(0);
  }
  return 0;
}

void ReadV2(const std::string& directory, CgroupMemory& memory) {
  const std::string stat = ReadFile(directory, "memory.stat");
  memory.usage_bytes = ReadNumber(directory, "memory.current", 0);
  memory.anonymous_bytes = FindNumber(stat, "anon").value_or(0);
  memory.file_bytes = FindNumber(stat, "file").value_or(0);
  memory.inactive_file_bytes = FindNumber(stat, "inactive_file").value_or(0);
  memory.kernel_bytes =
      FindNumber(stat, "kernel")
          .value_or(FindNumber(stat, "slab").value_or(0) + FindNumber(stat, "kernel_stack").value_or(0) +
                    FindNumber(stat, "pagetables").value_or(0));
  const std::string events = ReadFile(directory, "memory.events");
  memory.oom_kills = FindNumber(events, "oom_kill").value_or(0);
  memory.limit_hits = FindNumber(events, "max").value_or(0);
}

// The total_ lines include the cgroups below, as usage does. v1's "rss" is anonymous memory, "cache" holds
// shared memory, too.
void ReadV1(const std::string& directory, CgroupMemory& memory) {
  const std::string stat = ReadFile(directory, "memory.stat");
  const auto total = [&stat](const std::string& name) {
    return FindNumber(stat, "total_" + name).value_or(FindNumber(stat, name).value_or(0));
  };
  memory.usage_bytes = ReadNumber(directory, "memory.usage_in_bytes", 0);
  memory.anonymous_bytes = total("rss");
  memory.file_bytes = total("cache");
  memory.inactive_file_bytes = total("inactive_file");
  memory.kernel_bytes = ReadNumber(directory, "memory.kmem.usage_in_bytes", 0);
  memory.oom_kills = FindNumber(ReadFile(directory, "memory.oom_control"), "oom_kill").value_or(0);
  memory.limit_hits = ReadNumber(directory, "memory.failcnt", 0);
}

// A process in a cgroup without the controller is counted by the next parent that has it.
bool FindController(Place& place, const char* file) {
  do {
    if (!ReadFile(place.directory, file).empty()) return true;
  } while (Up(place));
  return false;
}

}  // namespace

absl::StatusOr<CgroupMemory> ReadCgroupMemory(int pid, const std::string& root) {
  const std::string base = root == "/" ? "" : root;
  const absl::StatusOr<std::string> cgroups = ReadProcessFile(base + "/proc", pid, "cgroup", kSmallFile);
  if (!cgroups.ok()) return cgroups.status();
  const absl::StatusOr<std::string> mounts = ReadTextFile(base + "/proc/self/mountinfo", kMountFile);
  if (!mounts.ok()) return mounts.status();
  CgroupMemory memory;
  std::optional<Place> unified;
  if (const auto path = FindPath(*cgroups, Hierarchy::kUnified))
    unified = FindPlace(base, *mounts, *path, Hierarchy::kUnified);
  std::optional<Place> place;
  if (const auto path = FindPath(*cgroups, Hierarchy::kMemoryV1))
    place = FindPlace(base, *mounts, *path, Hierarchy::kMemoryV1);
  if (place && FindController(*place, "memory.usage_in_bytes")) {
    memory.version = 1;
    ReadV1(place->directory, memory);
  } else if (place = unified; place && FindController(*place, "memory.stat")) {
    memory.version = 2;
    ReadV2(place->directory, memory);
  } else {
    return absl::NotFoundError(absl::StrCat("process ", pid, ": no memory cgroup that is seen from here"));
  }
  memory.directory = place->directory;
  memory.limit_bytes = LeastLimit(*place, memory.version);
  memory.has_limit = memory.limit_bytes != UINT64_MAX;
  memory.working_set_bytes = memory.usage_bytes - std::min(memory.usage_bytes, memory.inactive_file_bytes);
  if (unified) memory.stalled_some_us = ParseStalledSome(ReadFile(unified->directory, "memory.pressure"));
  return memory;
}

}  // namespace memgov::cli
