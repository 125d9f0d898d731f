// A control socket in a folder of its own, and clients of it.
#ifndef MEMGOV_TESTS_UNIT_CONTROL_SOCKET_SUPPORT_H_
#define MEMGOV_TESTS_UNIT_CONTROL_SOCKET_SUPPORT_H_

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <string>

#include "governor/control/control_socket.h"
#include "governor/control/requests.h"

namespace memgov::control {

class SocketFolder {
 public:
  SocketFolder() {
    std::string pattern = testing::TempDir() + "/memgov-socket-XXXXXX";
    if (mkdtemp(pattern.data()) != nullptr) path_ = pattern;
  }
  ~SocketFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  SocketFolder(const SocketFolder&) = delete;
  SocketFolder& operator=(const SocketFolder&) = delete;

  std::string path() const { return path_; }
  std::string Socket() const { return path_ + "/7.sock"; }

 private:
  std::string path_;
};

class Connection {
 public:
  // Not blocking: refused where the queue is full.
  explicit Connection(const std::string& path)
      : descriptor_(socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
    connected_ = connect(descriptor_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  }
  ~Connection() { close(descriptor_); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  bool connected() const { return connected_; }
  bool Say(const std::string& text) {
    return send(descriptor_, text.data(), text.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(text.size());
  }
  // "": nothing yet; "closed" where it was closed without a word.
  std::string Hear() {
    std::string text(kAnswerBytes + 1, '\0');
    const ssize_t size = recv(descriptor_, text.data(), text.size(), 0);
    if (size < 0) return errno == EAGAIN ? "" : "closed";
    text.resize(static_cast<size_t>(size));
    return size == 0 ? "closed" : text;
  }

 private:
  int descriptor_;
  bool connected_ = false;
};

// What the governor's loop does, at a time of the test's own.
inline uint64_t ServeAt(ControlSocket& socket, uint64_t now_ns) {
  pollfd polled[ControlSocket::kMostDescriptors];
  const int count = socket.Descriptors(polled);
  poll(polled, static_cast<nfds_t>(count), 0);
  return socket.Serve(polled, count, now_ns);
}

inline Outcome EchoHandler(const char* argument, char* out, size_t) {
  memcpy(out, argument, strlen(argument));
  return {true, strlen(argument)};
}

constexpr uint64_t kMillisecond = 1000000;
constexpr uint64_t kStart = 1000 * kMillisecond;

class ControlSocketTest : public testing::Test {
 protected:
  void SetUp() override {
    SetHandler(Request::kSet, EchoHandler);
    ASSERT_EQ(socket_.Bind(folder_.Socket().c_str()), 0);
    ASSERT_EQ(socket_.Listen({geteuid(), false, 0}), 0);
  }
  void TearDown() override {
    socket_.Close();
    SetHandler(Request::kSet, nullptr);
  }

  SocketFolder folder_;
  ControlSocket socket_;
};

}  // namespace memgov::control

#endif  // MEMGOV_TESTS_UNIT_CONTROL_SOCKET_SUPPORT_H_
