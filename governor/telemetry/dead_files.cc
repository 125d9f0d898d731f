#include "governor/telemetry/dead_files.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "governor/base/message.h"
#include "governor/base/os.h"
#include "governor/base/raw_syscall.h"
#include "governor/base/text.h"
#include "governor/cohort/process_identity.h"
#include "governor/cohort/shared_file.h"
#include "governor/control/socket_file.h"
#include "governor/telemetry/evidence_files.h"
#include "memgov/stats_segment.h"

namespace memgov::dead_files {
namespace {

constexpr mode_t kOthers = 0007;  // no file of ours is open to them

struct Dead {
  uint64_t process = 0;
  int64_t written_s = 0;
  int64_t written_ns = 0;
  bool OlderThan(const Dead& other) const {
    return written_s != other.written_s ? written_s < other.written_s : written_ns < other.written_ns;
  }
};

struct Kept {
  const char* folder = "";
  Kind kind = Kind::kEvidence;
  Dead files[kMostDead];
  int count = 0;
};

// Who made a file.
struct Maker {
  uint64_t start_ticks = 0;
  uint64_t pid_namespace = 0;
};

const char* Suffix(Kind kind) {
  constexpr const char* kSuffixes[] = {".evidence", ".stats", ".sock"};
  return kSuffixes[static_cast<int>(kind)];
}

bool ReadExactly(int descriptor, void* out, size_t bytes, uint64_t offset) {
  return CallKernel(SYS_pread64, descriptor, out, bytes, offset) == static_cast<long>(bytes);
}

// Of a file whose maker died before it wrote them only the name counts: it keeps what it came with.
bool ReadEvidence(int descriptor, Maker* maker) {
  char text[evidence::kRowBytes + 1] = {};
  if (!ReadExactly(descriptor, text, evidence::kRowBytes, evidence::kIdentityRow * evidence::kRowBytes))
    return false;
  if (text[0] == '\0') return true;
  const char* at = SkipPrefix(text, evidence::kStartPrefix);
  at = at != nullptr ? ParseDigits(at, &maker->start_ticks) : nullptr;
  at = at != nullptr ? SkipPrefix(at, evidence::kNamespacePrefix) : nullptr;
  return at != nullptr && ParseDigits(at, &maker->pid_namespace) != nullptr;
}

// The first fields are of every version.
bool ReadSegment(int descriptor, Maker* maker) {
  memgov_segment_header_t header;
  if (!ReadExactly(descriptor, &header, sizeof header, 0) || header.magic != MEMGOV_SEGMENT_MAGIC)
    return false;
  maker->start_ticks = header.process >> 32;
  maker->pid_namespace = header.pid_namespace;
  return true;
}

bool ReadMaker(const char* path, Kind kind, Maker* maker) {
  if (os::FaultFires(os::Call::kOpen)) return false;
  const int descriptor = static_cast<int>(
      CallKernel(SYS_openat, AT_FDCWD, path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (descriptor < 0) return false;
  const bool read =
      kind == Kind::kEvidence ? ReadEvidence(descriptor, maker) : ReadSegment(descriptor, maker);
  os::Close(descriptor);
  return read;
}

// Evidence of another size is of a process that died while it made the file, or of another version: only its
// name counts. A segment has its name only when it is whole.
bool CountsByName(Kind kind, uint64_t bytes) {
  return kind == Kind::kEvidence && bytes != evidence::kFileBytes;
}

// False for what is no such file, is of another namespace, or of a process that lives.
bool IsDead(const char* path, uint64_t process, Kind kind, Dead* dead) {
  struct stat status {};
  if (process > INT32_MAX || CallKernel(SYS_newfstatat, AT_FDCWD, path, &status, AT_SYMLINK_NOFOLLOW) != 0 ||
      status.st_uid != static_cast<uid_t>(CallKernel(SYS_geteuid)) || !S_ISREG(status.st_mode) ||
      (status.st_mode & kOthers) != 0)
    return false;
  Maker maker;
  maker.pid_namespace = PidNamespace();
  if (!CountsByName(kind, static_cast<uint64_t>(status.st_size)) && !ReadMaker(path, kind, &maker))
    return false;
  *dead = {process, status.st_mtim.tv_sec, status.st_mtim.tv_nsec};
  return maker.pid_namespace == PidNamespace() &&
         IsGone(MakeProcessWord(static_cast<pid_t>(process), maker.start_ticks));
}

Dead& Oldest(Kept& kept) {
  Dead* oldest = &kept.files[0];
  for (Dead& file : kept.files) {
    if (file.OlderThan(*oldest)) oldest = &file;
  }
  return *oldest;
}

// A segment that was being made when its maker was killed.
bool IsUnfinished(const char* rest) { return TextEqual(rest, ".stats.new"); }

void RemoveUnfinished(const char* folder, const char* name, uint64_t process) {
  char path[shared_file::kPathBytes];
  TextWriter text(path, sizeof path - 1);
  text.Text(folder).Text("/").Text(name);
  path[text.size()] = '\0';
  // Its maker may live in another pid namespace, and be at it.
  constexpr uint64_t kYoungSeconds = 10;
  struct stat status {};
  const bool old = CallKernel(SYS_newfstatat, AT_FDCWD, path, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
                   static_cast<uint64_t>(status.st_mtim.tv_sec) + kYoungSeconds < os::WallClockSeconds();
  if (old && process <= INT32_MAX && IsGone(MakeProcessWord(static_cast<pid_t>(process), 0)))
    shared_file::Remove(path);
}

void Look(void* context, const char* name) {
  Kept& kept = *static_cast<Kept*>(context);
  uint64_t process = 0;
  const char* rest = ParseDigits(name, &process);
  if (rest != nullptr && IsUnfinished(rest)) return RemoveUnfinished(kept.folder, name, process);
  if (rest == nullptr || !TextEqual(rest, Suffix(kept.kind))) return;
  char path[shared_file::kPathBytes];
  WritePath(path, kept.folder, process, kept.kind);
  Dead dead;
  if (!IsDead(path, process, kept.kind, &dead)) return;
  if (kept.count < kMostDead) {
    kept.files[kept.count++] = dead;
    return;
  }
  Dead& oldest = Oldest(kept);
  if (oldest.OlderThan(dead)) {
    const Dead older = oldest;
    oldest = dead;
    dead = older;
  }
  WritePath(path, kept.folder, dead.process, kept.kind);
  shared_file::Remove(path);
}

}  // namespace

void WritePath(char* path, const char* folder, uint64_t process, Kind kind) {
  TextWriter text(path, shared_file::kPathBytes - 1);
  text.Text(folder).Text("/").Number(process).Text(Suffix(kind));
  path[text.size()] = '\0';
}

bool IsTaken(const char* folder, uint64_t process, Kind kind) {
  char path[shared_file::kPathBytes];
  WritePath(path, folder, process, kind);
  Maker maker;
  if (!ReadMaker(path, kind, &maker) || maker.pid_namespace == 0 || maker.pid_namespace == PidNamespace())
    return false;
  WritePath(path, folder, process, Kind::kSocket);
  return control::IsHeard(path);
}

void Prune(const char* folder, Kind kind) {
  Kept kept;
  kept.folder = folder;
  kept.kind = kind;
  shared_file::ForEachName(folder, Look, &kept);
}

}  // namespace memgov::dead_files
