#include "governor/telemetry/evidence_files.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "governor/base/message.h"
#include "governor/base/os.h"
#include "governor/base/raw_syscall.h"
#include "governor/base/text.h"
#include "governor/cohort/process_identity.h"
#include "governor/cohort/shared_file.h"

namespace memgov::evidence {
namespace {

constexpr const char* kSuffix = ".evidence";
constexpr mode_t kOthers = 0077;

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
  Dead files[kMostDead];
  int count = 0;
};

bool ParseName(const char* name, uint64_t* process) {
  const char* rest = ParseDigits(name, process);
  return rest != nullptr && TextEqual(rest, kSuffix);
}

bool ParseIdentity(const char* text, uint64_t* start, uint64_t* pid_namespace) {
  const char* at = SkipPrefix(text, kStartPrefix);
  at = at != nullptr ? ParseDigits(at, start) : nullptr;
  at = at != nullptr ? SkipPrefix(at, kNamespacePrefix) : nullptr;
  return at != nullptr && ParseDigits(at, pid_namespace) != nullptr;
}

// Of a file whose maker died before it wrote them only the name counts.
bool ReadIdentity(int descriptor, uint64_t* start, uint64_t* pid_namespace) {
  char text[kRowBytes + 1] = {};
  if (CallKernel(SYS_pread64, descriptor, text, kRowBytes, kIdentityRow * kRowBytes) !=
      static_cast<long>(kRowBytes)) {
    return false;
  }
  *pid_namespace = PidNamespace();
  return text[0] == '\0' || ParseIdentity(text, start, pid_namespace);
}

bool IsOfThisNamespace(const char* path, uint64_t* start) {
  const int descriptor = shared_file::Open(path, kFileBytes);
  if (descriptor < 0) return false;
  uint64_t pid_namespace = 0;
  const bool known = ReadIdentity(descriptor, start, &pid_namespace) && pid_namespace == PidNamespace();
  os::Close(descriptor);
  return known;
}

// False for what is no file of evidence, is of another namespace, or of a process that lives. One of another
// size is of a process that died while it made the file, or of another version: only its name counts.
bool IsDead(const char* path, uint64_t process, Dead* dead) {
  struct stat status {};
  if (CallKernel(SYS_newfstatat, AT_FDCWD, path, &status, AT_SYMLINK_NOFOLLOW) != 0) return false;
  const bool own = status.st_uid == static_cast<uid_t>(CallKernel(SYS_geteuid));
  if (!own || !S_ISREG(status.st_mode) || (status.st_mode & kOthers) != 0 || process > INT32_MAX)
    return false;
  uint64_t start = 0;
  if (static_cast<uint64_t>(status.st_size) == kFileBytes && !IsOfThisNamespace(path, &start)) return false;
  *dead = {process, status.st_mtim.tv_sec, status.st_mtim.tv_nsec};
  return IsGone(MakeProcessWord(static_cast<pid_t>(process), start));
}

Dead& Oldest(Kept& kept) {
  Dead* oldest = &kept.files[0];
  for (Dead& file : kept.files) {
    if (file.OlderThan(*oldest)) oldest = &file;
  }
  return *oldest;
}

void Look(void* context, const char* name) {
  Kept& kept = *static_cast<Kept*>(context);
  uint64_t process = 0;
  if (!ParseName(name, &process)) return;
  char path[shared_file::kPathBytes];
  WritePath(path, kept.folder, process);
  Dead dead;
  if (!IsDead(path, process, &dead)) return;
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
  WritePath(path, kept.folder, dead.process);
  shared_file::Remove(path);
}

}  // namespace

void WritePath(char* path, const char* folder, uint64_t process) {
  TextWriter text(path, shared_file::kPathBytes - 1);
  text.Text(folder).Text("/").Number(process).Text(kSuffix);
  path[text.size()] = '\0';
}

void PruneDead(const char* folder) {
  Kept kept;
  kept.folder = folder;
  shared_file::ForEachName(folder, Look, &kept);
}

}  // namespace memgov::evidence
