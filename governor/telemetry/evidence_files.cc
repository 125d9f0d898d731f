#include "governor/telemetry/evidence_files.h"

#include <fcntl.h>
#include <string.h>
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
constexpr int kMostEntries = 10000;  // looked at

struct Dead {
  uint64_t process = 0;
  int64_t written_s = 0;
  int64_t written_ns = 0;
  bool OlderThan(const Dead& other) const {
    return written_s != other.written_s ? written_s < other.written_s : written_ns < other.written_ns;
  }
};

struct Kept {
  Dead files[kMostDead];
  int count = 0;
};

// man 2 getdents64
struct Entry {
  uint64_t inode;
  int64_t offset;
  unsigned short bytes;
  unsigned char type;
  char name[1];
};

alignas(8) constinit char entries[1024];  // not on the stack of whoever ticks

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

// False for what is no file of evidence, is of another namespace, or of a process that lives.
bool IsDead(const char* path, uint64_t process, Dead* dead) {
  const int descriptor = shared_file::Open(path, kFileBytes);
  if (descriptor < 0) return false;
  struct stat status {};
  uint64_t start = 0;
  uint64_t pid_namespace = 0;
  const bool known = CallKernel(SYS_fstat, descriptor, &status) == 0 &&
                     ReadIdentity(descriptor, &start, &pid_namespace) && pid_namespace == PidNamespace();
  os::Close(descriptor);
  *dead = {process, status.st_mtim.tv_sec, status.st_mtim.tv_nsec};
  return known && process <= INT32_MAX && IsGone(MakeProcessWord(static_cast<pid_t>(process), start));
}

Dead& Oldest(Kept& kept) {
  Dead* oldest = &kept.files[0];
  for (Dead& file : kept.files) {
    if (file.OlderThan(*oldest)) oldest = &file;
  }
  return *oldest;
}

void Look(const char* folder, uint64_t process, Kept& kept) {
  char path[shared_file::kPathBytes];
  WritePath(path, folder, process);
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
  WritePath(path, folder, dead.process);
  shared_file::Remove(path);
}

}  // namespace

void WritePath(char* path, const char* folder, uint64_t process) {
  TextWriter text(path, shared_file::kPathBytes - 1);
  text.Text(folder).Text("/").Number(process).Text(kSuffix);
  path[text.size()] = '\0';
}

void PruneDead(const char* folder) {
  const int directory = static_cast<int>(
      CallKernel(SYS_openat, AT_FDCWD, folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0));
  if (directory < 0) return;
  Kept kept;
  long bytes = 0;
  int seen = 0;
  while (seen < kMostEntries &&
         (bytes = CallKernel(SYS_getdents64, directory, entries, sizeof entries)) > 0) {
    for (long at = 0; at < bytes; ++seen) {
      const Entry* entry = reinterpret_cast<const Entry*>(entries + at);
      uint64_t process = 0;
      if (ParseName(entry->name, &process)) Look(folder, process, kept);
      at += entry->bytes;
    }
  }
  os::Close(directory);
}

}  // namespace memgov::evidence
