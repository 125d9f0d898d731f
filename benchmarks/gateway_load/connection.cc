#include "connection.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "clock.h"

namespace gateway_load {
namespace {

iovec Rest(std::string_view data, size_t sent) {
  const size_t skipped = std::min(sent, data.size());
  return {.iov_base = const_cast<char*>(data.data() + skipped), .iov_len = data.size() - skipped};
}

}  // namespace

absl::Status Connection::Open() {
  Close();
  socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket_ < 0) return absl::ErrnoToStatus(errno, "socket");
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port_));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    const int error = errno;
    Close();
    return absl::ErrnoToStatus(error, absl::StrCat("connect to port ", port_));
  }
  const int yes = 1;
  setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  fcntl(socket_, F_SETFL, fcntl(socket_, F_GETFL) | O_NONBLOCK);
  return absl::OkStatus();
}

void Connection::Close() {
  if (socket_ >= 0) close(socket_);
  socket_ = -1;
  busy_ = false;
}

void Connection::Begin(Request request) {
  request_ = std::move(request);
  sent_ = 0;
  parser_.Reset();
  busy_ = true;
  begun_ = Now();
}

absl::Status Connection::Send() {
  while (sending()) {
    const size_t head = request_.head.size();
    iovec parts[] = {Rest(request_.head, sent_), Rest(request_.body, sent_ > head ? sent_ - head : 0)};
    msghdr message{};
    message.msg_iov = parts;
    message.msg_iovlen = 2;
    const ssize_t taken = sendmsg(socket_, &message, MSG_NOSIGNAL);
    if (taken < 0 && errno == EAGAIN) return absl::OkStatus();
    if (taken < 0) return absl::ErrnoToStatus(errno, "send");
    sent_ += static_cast<size_t>(taken);
  }
  return absl::OkStatus();
}

absl::Status Connection::Receive() {
  char buffer[64 << 10];
  while (true) {
    const ssize_t got = recv(socket_, buffer, sizeof buffer, 0);
    if (got < 0 && errno == EAGAIN) return absl::OkStatus();
    if (got < 0) return absl::ErrnoToStatus(errno, "receive");
    if (got == 0) return absl::UnavailableError("the server closed the connection");
    parser_.Feed({buffer, static_cast<size_t>(got)});
    if (parser_.malformed())
      return absl::DataLossError("a response that is not HTTP/1.1 with a known length");
    if (parser_.done()) return absl::OkStatus();
  }
}

}  // namespace gateway_load
