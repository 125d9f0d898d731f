#include "governor/pressure/watch_files.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "governor/base/os.h"
#include "governor/base/raw_syscall.h"
#include "governor/base/text.h"

namespace memgov::watch_files {
namespace {

int Open(const char* path, int mode) {
  if (os::FaultFires(os::Call::kOpen)) return -EMFILE;
  return static_cast<int>(
      CallKernel(SYS_openat, AT_FDCWD, path, mode | O_NONBLOCK | O_CLOEXEC | O_NOCTTY, 0));
}

// The descriptor, or, when it did not take the data in one piece, the error and no descriptor.
int AfterWriting(int descriptor, long written, size_t bytes) {
  if (written == static_cast<long>(bytes)) return descriptor;
  os::Close(descriptor);
  return written < 0 ? static_cast<int>(written) : -EIO;
}

int WithData(int descriptor, const char* data, size_t bytes) {
  if (descriptor < 0 || bytes == 0) return descriptor;
  return AfterWriting(descriptor, CallKernel(SYS_write, descriptor, data, bytes), bytes);
}

}  // namespace

Kind KindOf(const char* path) {
  struct stat status;
  if (CallKernel(SYS_newfstatat, AT_FDCWD, path, &status, 0) != 0) return Kind::kNone;
  if (S_ISREG(status.st_mode)) return Kind::kRegular;
  if (S_ISFIFO(status.st_mode)) return Kind::kFifo;
  return S_ISSOCK(status.st_mode) ? Kind::kSocket : Kind::kOther;
}

int OpenTrigger(const char* path, const char* trigger, size_t bytes) {
  return WithData(Open(path, bytes == 0 ? O_RDONLY : O_RDWR), trigger, bytes);
}

int OpenNotifier(const char* path) { return Open(path, O_RDONLY); }

int OpenFifo(const char* path, const char* data, size_t bytes) {
  int descriptor = Open(path, O_RDWR);
  if (descriptor == -EACCES && bytes == 0) descriptor = Open(path, O_RDONLY);
  return WithData(descriptor, data, bytes);
}

int Connect(const char* path, const char* data, size_t bytes) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (TextLength(path) >= sizeof address.sun_path) return -ENAMETOOLONG;
  CopyText(address.sun_path, sizeof address.sun_path, path, path + TextLength(path));
  if (os::FaultFires(os::Call::kOpen)) return -EMFILE;
  const int descriptor =
      static_cast<int>(CallKernel(SYS_socket, AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (descriptor < 0) return descriptor;
  long result = CallKernel(SYS_connect, descriptor, &address, sizeof address);
  if (result == 0 && bytes > 0) {
    result =
        CallKernel(SYS_sendto, descriptor, data, bytes, MSG_NOSIGNAL, nullptr, 0);  // no SIGPIPE for the host
    return AfterWriting(descriptor, result, bytes);
  }
  return AfterWriting(descriptor, result, 0);
}

long ReadAgain(int descriptor, char* buffer, size_t capacity) {
  const long moved = CallKernel(SYS_lseek, descriptor, 0, SEEK_SET);
  if (moved < 0) return moved;
  const long got = os::Read(descriptor, buffer, capacity - 1);
  buffer[got > 0 ? got : 0] = '\0';
  return got;
}

bool Drain(int descriptor) {
  constexpr int kMostReads = 64;
  char buffer[256];
  for (int round = 0; round < kMostReads; ++round) {
    const long got = os::Read(descriptor, buffer, sizeof buffer);
    if (got == -EAGAIN) return true;
    if (got <= 0 && got != -EINTR) return false;
  }
  return true;
}

}  // namespace memgov::watch_files
