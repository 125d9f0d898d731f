#include "cgroup_place.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace overload {
namespace {

namespace fs = std::filesystem;
using Fields = std::vector<std::string>;

struct Mount {
  std::string root;  // the part of the hierarchy that is seen here
  std::string folder;
  std::string type;
  std::string options;  // of the hierarchy: its controllers, for version 1
};

// proc_pid_mountinfo(5): "36 35 98:0 /root /folder rw,noatime master:1 - type source options"
std::optional<Mount> ParseMount(absl::string_view line) {
  const std::pair<std::string, std::string> halves = absl::StrSplit(line, absl::MaxSplits(" - ", 1));
  const Fields before = absl::StrSplit(halves.first, ' ');
  const Fields after = absl::StrSplit(halves.second, ' ');
  if (before.size() < 6 || after.size() < 3) return std::nullopt;
  return Mount{.root = before[3], .folder = before[4], .type = after[0], .options = after[2]};
}

bool Lists(absl::string_view list, char separator, absl::string_view word) {
  const std::vector<absl::string_view> words = absl::StrSplit(list, separator);
  return std::find(words.begin(), words.end(), word) != words.end();
}

// cgroups(7): "4:memory:/path" for version 1, "0::/path" for version 2.
std::optional<std::string> PathIn(absl::string_view cgroup, int version) {
  for (absl::string_view line : absl::StrSplit(cgroup, '\n')) {
    const Fields fields = absl::StrSplit(line, absl::MaxSplits(':', 2));
    if (fields.size() != 3) continue;
    if (version == 1 ? Lists(fields[1], ',', "memory") : fields[0] == "0") return fields[2];
  }
  return std::nullopt;
}

fs::path Below(const Mount& mount, absl::string_view path) {
  if (mount.root != "/") absl::ConsumePrefix(&path, mount.root);
  absl::ConsumePrefix(&path, "/");
  return path.empty() ? fs::path(mount.folder) : fs::path(mount.folder) / std::string(path);
}

std::string Content(const fs::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

absl::StatusOr<CgroupPlace> PlaceFrom(absl::string_view cgroup, absl::string_view mountinfo) {
  std::optional<CgroupPlace> unified;
  for (absl::string_view line : absl::StrSplit(mountinfo, '\n')) {
    const std::optional<Mount> mount = ParseMount(line);
    if (!mount) continue;
    const int version = mount->type == "cgroup2" ? 2 : mount->type == "cgroup" ? 1 : 0;
    if (version == 0 || (version == 1 && !Lists(mount->options, ',', "memory"))) continue;
    const std::optional<std::string> path = PathIn(cgroup, version);
    if (!path) continue;
    const CgroupPlace place = {.version = version, .own = Below(*mount, *path), .topmost = mount->folder};
    if (version == 1) return place;  // a hybrid system: the unified tree has no memory controller
    unified = place;
  }
  if (unified) return *unified;
  return absl::NotFoundError("no memory cgroup hierarchy is mounted here");
}

absl::StatusOr<CgroupPlace> FindPlace() {
  return PlaceFrom(Content("/proc/self/cgroup"), Content("/proc/self/mountinfo"));
}

}  // namespace overload
