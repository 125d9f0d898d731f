#include "governor/control/socket_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "governor/base/message.h"
#include "governor/base/os.h"
#include "governor/base/raw_syscall.h"
#include "governor/base/text.h"

namespace memgov::control {
namespace {

constexpr mode_t kOwnerOnly = 0600;
constexpr size_t kFolderBytes = 320;

// What bind and connect take; while it exists the folder's descriptor does.
class Address {
 public:
  explicit Address(const char* path) {
    unix_.sun_family = AF_UNIX;
    if (TextLength(path) < sizeof unix_.sun_path) {
      CopyText(unix_.sun_path, sizeof unix_.sun_path, path, nullptr);
    } else {
      GoThroughFolder(path);
    }
  }
  ~Address() {
    if (folder_ >= 0) os::Close(folder_);
  }
  Address(const Address&) = delete;
  Address& operator=(const Address&) = delete;

  // 0, or why there is none.
  int error() const { return error_; }
  const sockaddr_un* get() const { return &unix_; }
  static constexpr socklen_t size() { return sizeof(sockaddr_un); }

 private:
  void GoThroughFolder(const char* path) {
    const char* name = path;
    for (const char* at = path; *at != '\0'; ++at) {
      if (*at == '/') name = at + 1;
    }
    char folder[kFolderBytes];
    CopyText(folder, sizeof folder, path, name);
    folder_ = static_cast<int>(CallKernel(SYS_openat, AT_FDCWD, folder, O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (folder_ < 0) {
      error_ = folder_;
      return;
    }
    TextWriter out(unix_.sun_path, sizeof unix_.sun_path - 1);
    out.Text("/proc/thread-self/fd/").Number(static_cast<uint64_t>(folder_)).Text("/").Text(name);
  }

  sockaddr_un unix_ = {};
  int folder_ = -1;
  int error_ = 0;
};

// What connect answers, -errno.
long Probe(const char* path) {
  const Address address(path);
  if (address.error() != 0) return address.error();
  const long probe = CallKernel(SYS_socket, AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (probe < 0) return probe;
  const long result = CallKernel(SYS_connect, probe, address.get(), Address::size());
  os::Close(static_cast<int>(probe));
  return result;
}

}  // namespace

int BindAt(int descriptor, const char* path) {
  if (IsHeard(path)) return -EADDRINUSE;
  CallKernel(SYS_unlinkat, AT_FDCWD, path, 0);
  const Address address(path);
  if (address.error() != 0) return address.error();
  long result = CallKernel(SYS_bind, descriptor, address.get(), Address::size());
  if (result == 0) result = CallKernel(SYS_fchmodat, AT_FDCWD, path, kOwnerOnly);
  return static_cast<int>(result);
}

bool IsAbandoned(const char* path) { return Probe(path) == -ECONNREFUSED; }

bool IsHeard(const char* path) {
  const long answer = Probe(path);
  return answer == 0 || answer == -EAGAIN;  // a full queue is somebody's, too
}

}  // namespace memgov::control
