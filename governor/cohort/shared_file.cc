#include "governor/cohort/shared_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "governor/base/os.h"
#include "governor/base/raw_syscall.h"
#include "governor/cohort/audience.h"

namespace memgov::shared_file {
namespace {

constexpr mode_t kOwnerOnly = 0600;
constexpr mode_t kOthers = 0077;

bool FileSizeAllowed(size_t bytes) {
  rlimit64 limit{};
  return CallKernel(SYS_prlimit64, 0, RLIMIT_FSIZE, nullptr, &limit) != 0 || limit.rlim_cur >= bytes;
}

// Written, not made by ftruncate: pages exist afterwards on every file system.
int WriteZeros(int descriptor, size_t bytes) {
  constexpr char kZeros[512] = {};
  while (bytes > 0) {
    const size_t part = bytes < sizeof kZeros ? bytes : sizeof kZeros;
    const long written = CallKernel(SYS_write, descriptor, kZeros, part);
    if (written == -EINTR) continue;
    if (written <= 0) return written < 0 ? static_cast<int>(written) : -EIO;
    bytes -= static_cast<size_t>(written);
  }
  return 0;
}

int OpenAt(const char* path, int flags) {
  if (os::FaultFires(os::Call::kOpen)) return -EMFILE;
  return static_cast<int>(
      CallKernel(SYS_openat, AT_FDCWD, path, flags | O_RDWR | O_NOFOLLOW | O_CLOEXEC, kOwnerOnly));
}

int CheckOwned(int descriptor, size_t bytes) {
  struct stat status {};
  const long result = CallKernel(SYS_fstat, descriptor, &status);
  if (result != 0) return static_cast<int>(result);
  if (!S_ISREG(status.st_mode) || static_cast<uint64_t>(status.st_size) != bytes) return -EINVAL;
  if (status.st_uid != static_cast<uid_t>(CallKernel(SYS_geteuid))) return -EPERM;
  return (status.st_mode & kOthers) != 0 ? -EACCES : 0;
}

int KeepOrClose(int descriptor, int result) {
  if (result == 0) return descriptor;
  os::Close(descriptor);
  return result;
}

// man 2 getdents64
struct Entry {
  uint64_t inode;
  int64_t offset;
  unsigned short bytes;
  unsigned char type;
  char name[1];
};

constexpr int kMostEntries = 10000;
alignas(8) constinit char entries[1024];  // not on the stack of whoever ticks

void Fill(const struct stat& status, FileId* id) { *id = {status.st_dev, status.st_ino}; }

}  // namespace

int Create(const char* path, size_t bytes) {
  if (!FileSizeAllowed(bytes)) return -EFBIG;
  const int descriptor = OpenAt(path, O_CREAT | O_EXCL);
  if (descriptor < 0) return descriptor;
  long result = CallKernel(SYS_fchmod, descriptor, kOwnerOnly);  // whatever the umask is
  if (result == 0) result = WriteZeros(descriptor, bytes);
  if (result != 0) Remove(path);
  return KeepOrClose(descriptor, static_cast<int>(result));
}

int CreateShown(const char* path, size_t bytes) {
  const int descriptor = Create(path, bytes);
  if (descriptor >= 0) audience::Share(path, audience::Thing::kFile);
  return descriptor;
}

int Open(const char* path, size_t bytes) {
  const int descriptor = OpenAt(path, O_NONBLOCK | O_NOCTTY);  // a pipe or a terminal may be in its place
  if (descriptor < 0) return descriptor;
  return KeepOrClose(descriptor, CheckOwned(descriptor, bytes));
}

void* MapAndClose(int descriptor, size_t bytes) {
  long at = -ENOMEM;
  if (!os::FaultFires(os::Call::kMmap)) {
    at = CallKernel(SYS_mmap, nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
  }
  struct stat status {};
  const bool whole =
      CallKernel(SYS_fstat, descriptor, &status) == 0 && static_cast<uint64_t>(status.st_size) >= bytes;
  os::Close(descriptor);
  if (at < 0 && at > -4096) return nullptr;
  void* memory = reinterpret_cast<void*>(at);
  if (whole) return memory;
  os::Unmap(memory, bytes);
  return nullptr;
}

int Remove(const char* path) { return static_cast<int>(CallKernel(SYS_unlinkat, AT_FDCWD, path, 0)); }

int Identify(int descriptor, FileId* id) {
  struct stat status {};
  const long result = CallKernel(SYS_fstat, descriptor, &status);
  if (result == 0) Fill(status, id);
  return static_cast<int>(result);
}

int Identify(const char* path, FileId* id) {
  struct stat status {};
  const long result = CallKernel(SYS_newfstatat, AT_FDCWD, path, &status, AT_SYMLINK_NOFOLLOW);
  if (result == 0) Fill(status, id);
  return static_cast<int>(result);
}

void ForEachName(const char* folder, void (*visit)(void* context, const char* name), void* context) {
  const int directory = static_cast<int>(
      CallKernel(SYS_openat, AT_FDCWD, folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0));
  if (directory < 0) return;
  long bytes = 0;
  int seen = 0;
  while (seen < kMostEntries &&
         (bytes = CallKernel(SYS_getdents64, directory, entries, sizeof entries)) > 0) {
    for (long at = 0; at < bytes; ++seen) {
      const Entry* entry = reinterpret_cast<const Entry*>(entries + at);
      visit(context, entry->name);
      at += entry->bytes;
    }
  }
  os::Close(directory);
}

}  // namespace memgov::shared_file
