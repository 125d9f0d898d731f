#include <fcntl.h>
#include <sys/stat.h>

#include <bit>

#include "governor/base/os.h"
#include "governor/base/raw_syscall.h"
#include "governor/base/text.h"
#include "governor/pressure/cgroup.h"
#include "governor/pressure/cgroup_parse.h"
#include "governor/pressure/level_path.h"
#include "governor/pressure/line_reader.h"

namespace memgov {
namespace {

constexpr size_t kLineBytes = 1024;  // of mountinfo: overlays have longer ones, cgroups have not

// Appends; false when it does not fit.
bool Append(char* out, size_t* size, const char* text) {
  const size_t bytes = TextLength(text);
  if (*size + bytes >= kCgroupPathBytes) return false;
  CopyText(out + *size, bytes + 1, text, text + bytes);
  *size += bytes;
  return true;
}

bool Exists(const char* path) {
  const int descriptor = os::OpenReadOnly(path);
  if (descriptor >= 0) os::Close(descriptor);
  return descriptor >= 0;
}

// stat() itself would ask for GLIBC_2.33.
bool StatDirectory(const char* path, struct stat* status) {
  return CallKernel(SYS_newfstatat, AT_FDCWD, path, status, 0) == 0 && S_ISDIR(status->st_mode);
}

// The cgroup of this process as /proc/self/cgroup names it. False when it is not in that hierarchy, or the
// path is too long for us.
bool ReadOwnPath(const char* root, Hierarchy wanted, char* path, char* line_buffer) {
  size_t size = 0;
  if (!Append(path, &size, root) || !Append(path, &size, "/proc/self/cgroup")) return false;
  LineReader reader(path, line_buffer, kLineBytes);
  while (const char* line = reader.Next()) {
    Hierarchy hierarchy = Hierarchy::kOther;
    const char* own = ParseCgroupLine(line, &hierarchy);
    size = 0;
    if (own != nullptr && hierarchy == wanted) return Append(path, &size, own);
  }
  return false;
}

// The best mount so far. One that holds the process's cgroup beats one that only might; of several, the one
// that shows most levels; of one mount point, the last mount, which covers the others.
class Choice {
 public:
  Choice(char* directory, size_t* top_bytes) : directory_(directory), top_bytes_(top_bytes) {}

  void Consider(const char* root, const CgroupMount& mount, const char* own_path) {
    const char* below = PathBelow(own_path, mount.root);
    if (below != nullptr && Try(root, mount, below, true)) return;
    Try(root, mount, "", false);
  }

 private:
  bool Try(const char* root, const CgroupMount& mount, const char* below, bool certain) {
    char candidate[kCgroupPathBytes];
    size_t size = 0;
    if (!Append(candidate, &size, root) || !Append(candidate, &size, mount.point)) return false;
    const size_t top = size;
    struct stat status;
    if (!Append(candidate, &size, below) || !StatDirectory(candidate, &status)) return false;
    if (!Beats(candidate, top, TextLength(mount.root), certain)) return true;
    CopyText(directory_, kCgroupPathBytes, candidate, candidate + size);
    *top_bytes_ = top;
    root_bytes_ = TextLength(mount.root);
    certain_ = certain;
    return true;
  }

  bool Beats(const char* candidate, size_t top, size_t root_bytes, bool certain) const {
    if (directory_[0] == '\0' || certain != certain_) return certain || directory_[0] == '\0';
    if (!certain) return false;
    return root_bytes < root_bytes_ ||
           (top == *top_bytes_ && __builtin_memcmp(candidate, directory_, top) == 0);
  }

  char* const directory_;
  size_t* const top_bytes_;
  size_t root_bytes_ = 0;
  bool certain_ = false;
};

void FindDirectory(const char* root, Hierarchy wanted, char* directory, size_t* top_bytes) {
  char own_path[kCgroupPathBytes];
  char line_buffer[kLineBytes];
  directory[0] = '\0';
  *top_bytes = 0;
  if (!ReadOwnPath(root, wanted, own_path, line_buffer)) return;
  char mounts[kCgroupPathBytes];
  size_t size = 0;
  if (!Append(mounts, &size, root) || !Append(mounts, &size, "/proc/self/mountinfo")) return;
  Choice choice(directory, top_bytes);
  LineReader reader(mounts, line_buffer, kLineBytes);
  while (char* line = reader.Next()) {
    CgroupMount mount;
    if (ParseCgroupMount(line, &mount) && mount.hierarchy == wanted) choice.Consider(root, mount, own_path);
  }
}

// Where v1 has the memory controller, or nobody has, the unified tree knows nothing of memory but pressure.
bool HasMemoryController(const char* directory, size_t top_bytes) {
  LevelPath level(directory, top_bytes);
  do {
    if (Exists(level.File("memory.stat")) || Exists(level.File("memory.current"))) return true;
  } while (level.Up());
  return false;
}

// Inodes of cgroups are numbered from 1 up, devices without a file of their own as well: no two pairs meet.
uint64_t Identify(const char* directory) {
  struct stat status;
  if (!StatDirectory(directory, &status)) return 0;
  return status.st_ino ^ std::rotl(static_cast<uint64_t>(status.st_dev), 48);
}

}  // namespace

void CgroupFiles::Find(const char* root) {
  size_t unified_top = 0;
  FindDirectory(root, Hierarchy::kMemoryV1, memory_, &mount_bytes_);
  FindDirectory(root, Hierarchy::kUnified, unified_, &unified_top);
  version_ = memory_[0] != '\0' ? CgroupVersion::kV1 : CgroupVersion::kNone;
  if (version_ == CgroupVersion::kNone && unified_[0] != '\0' && HasMemoryController(unified_, unified_top)) {
    version_ = CgroupVersion::kV2;
    CopyText(memory_, sizeof memory_, unified_, unified_ + TextLength(unified_));
    mount_bytes_ = unified_top;
  }
  identity_ = version_ == CgroupVersion::kNone ? 0 : Identify(memory_);
  events_bytes_ = LimitedLevel();
}

}  // namespace memgov
