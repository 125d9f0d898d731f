#include "governor/control/control_socket.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "governor/base/os.h"
#include "governor/base/raw_syscall.h"
#include "governor/base/text.h"
#include "governor/control/requests.h"
#include "governor/control/socket_file.h"

namespace memgov::control {
namespace {

constexpr int kBacklog = 8;

int MakeSocket() {
  return static_cast<int>(CallKernel(SYS_socket, AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
}

bool SendWhole(int connection, const char* text, size_t size) {
  return CallKernel(SYS_sendto, connection, text, size, MSG_DONTWAIT | MSG_NOSIGNAL, nullptr, 0) ==
         static_cast<long>(size);
}

bool IsReady(const pollfd* polled, int count, int descriptor) {
  for (int index = 0; index < count; ++index) {
    if (polled[index].fd == descriptor && polled[index].revents != 0) return true;
  }
  return false;
}

}  // namespace

int ControlSocket::Bind(const char* path) {
  if (TextLength(path) >= kPathBytes) return -ENAMETOOLONG;
  const int made = MakeSocket();
  if (made < 0) return made;
  CopyText(path_, kPathBytes, path, nullptr);
  listener_ = made;
  int result = BindAt(listener_, path_);
  struct stat status {};
  if (result == 0) {
    result = static_cast<int>(CallKernel(SYS_newfstatat, AT_FDCWD, path_, &status, AT_SYMLINK_NOFOLLOW));
  }
  device_ = status.st_dev;
  inode_ = status.st_ino;
  if (result != 0) Close();
  return result;
}

int ControlSocket::Listen(const Allowed& allowed) {
  allowed_ = allowed;
  const int result = static_cast<int>(CallKernel(SYS_listen, listener_, kBacklog));
  if (result != 0) Close();
  return result;
}

int ControlSocket::Places() const {
  int places = 0;
  for (const Client& client : clients_) places += client.descriptor < 0 ? 1 : 0;
  return places;
}

int ControlSocket::Descriptors(pollfd* out) const {
  int count = 0;
  if (IsOpen() && MayAccept()) out[count++] = {listener_, POLLIN, 0};
  for (const Client& client : clients_) {
    if (client.descriptor >= 0) out[count++] = {client.descriptor, POLLIN, 0};
  }
  return count;
}

void ControlSocket::Send(int connection, const char* request, long size) {
  char refusal[64];
  if (answer_ == nullptr) answer_ = static_cast<char*>(os::MapAnonymous(kAnswerBytes));
  if (answer_ == nullptr) {
    SendWhole(connection, refusal, WriteError("no memory for an answer", refusal, sizeof refusal));
    return;
  }
  // The whole answer is one message, and the kernel counts its bookkeeping, too.
  const int room = 2 * kAnswerBytes;
  CallKernel(SYS_setsockopt, connection, SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
  const size_t bytes = AnswerRequest(request, static_cast<size_t>(size), answer_);
  if (!SendWhole(connection, answer_, bytes) && bytes > sizeof refusal)
    SendWhole(connection, refusal,
              WriteError("the answer does not fit net.core.wmem_max", refusal, sizeof refusal));
}

// False when it is not to be heard any more.
bool ControlSocket::Hear(int connection) {
  char request[kMostRequestBytes];
  const long size = CallKernel(SYS_recvfrom, connection, request, sizeof request, MSG_DONTWAIT | MSG_TRUNC,
                               nullptr, nullptr);
  if (size == -EAGAIN || size == -EINTR) return true;
  if (size > 0) Send(connection, request, size);
  return false;
}

void ControlSocket::Accept(uint64_t now_ns) {
  while (MayAccept()) {
    const long taken = CallKernel(SYS_accept4, listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (taken == -EAGAIN) return;
    ++accepted_;  // failures, too: no descriptors left is no reason to ask at every tick
    if (taken < 0) continue;
    const int connection = static_cast<int>(taken);
    if (!MayAsk(connection, allowed_) || !Hear(connection)) {
      os::Close(connection);
      continue;
    }
    for (Client& client : clients_) {
      if (client.descriptor >= 0) continue;
      client = {connection, now_ns};
      break;
    }
  }
}

uint64_t ControlSocket::NextNs(uint64_t now_ns) const {
  uint64_t next_ns = UINT64_MAX;
  if (accepted_ >= kMostAccepts) next_ns = window_ns_ + kWindowNs;
  const uint64_t patience_ns = Places() == 0 ? kCrowdedPatienceNs : kPatienceNs;
  for (const Client& client : clients_) {
    if (client.descriptor >= 0 && client.since_ns + patience_ns < next_ns)
      next_ns = client.since_ns + patience_ns;
  }
  if (next_ns == UINT64_MAX) return next_ns;
  return next_ns > now_ns ? next_ns - now_ns : 0;
}

uint64_t ControlSocket::Serve(const pollfd* polled, int count, uint64_t now_ns) {
  if (!IsOpen()) return UINT64_MAX;
  if (now_ns - window_ns_ >= kWindowNs) {
    window_ns_ = now_ns;
    accepted_ = 0;
  }
  const uint64_t patience_ns = Places() == 0 ? kCrowdedPatienceNs : kPatienceNs;
  for (Client& client : clients_) {
    if (client.descriptor < 0) continue;
    if (Hear(client.descriptor) && now_ns - client.since_ns < patience_ns) continue;
    os::Close(client.descriptor);
    client = {};
  }
  if (IsReady(polled, count, listener_)) Accept(now_ns);
  if (answer_ != nullptr) os::Unmap(answer_, kAnswerBytes);
  answer_ = nullptr;
  return NextNs(now_ns);
}

bool ControlSocket::IsThere() const {
  struct stat status {};
  return path_[0] != '\0' && inode_ != 0 &&
         CallKernel(SYS_newfstatat, AT_FDCWD, path_, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
         status.st_dev == device_ && status.st_ino == inode_;
}

void ControlSocket::RemoveFile() {
  if (IsThere()) CallKernel(SYS_unlinkat, AT_FDCWD, path_, 0);
}

void ControlSocket::ForgetInChild() {
  if (answer_ != nullptr) os::Unmap(answer_, kAnswerBytes);
  *this = ControlSocket();
}

void ControlSocket::Close() {
  if (!IsOpen()) return;
  RemoveFile();
  os::Close(listener_);
  for (Client& client : clients_) {
    if (client.descriptor >= 0) os::Close(client.descriptor);
  }
  *this = ControlSocket();
}

}  // namespace memgov::control
