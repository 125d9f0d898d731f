// The control socket of a process: a Unix socket (SOCK_SEQPACKET) by which who may asks one thing per
// connection and gets one message back (requests.h).
//
// Nothing here waits: connections are taken when poll says so, at most kMostAccepts in kWindowNs,
// kMostClients at a time; who says nothing for a second (for less where others wait), or does not take its
// answer, is dropped; who may not ask is closed without a word.
//
// Safety: one thread, whose private descriptor table holds the descriptors; RemoveFile also from an exit
// handler while no other call is under way. No allocation; the answer's buffer is mapped while it is needed.
// In a fork child ForgetInChild: neither the descriptors nor the file are this process's.
#ifndef MEMGOV_GOVERNOR_CONTROL_CONTROL_SOCKET_H_
#define MEMGOV_GOVERNOR_CONTROL_CONTROL_SOCKET_H_

#include <poll.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "governor/control/peer.h"

namespace memgov::control {

class ControlSocket {
 public:
  static constexpr int kMostClients = 4;
  static constexpr int kMostDescriptors = 1 + kMostClients;
  static constexpr int kMostAccepts = 8;
  static constexpr uint64_t kWindowNs = 100 * 1000000ULL;
  static constexpr uint64_t kPatienceNs = 1000 * 1000000ULL;
  static constexpr uint64_t kCrowdedPatienceNs = 100 * 1000000ULL;  // with all places taken
  static constexpr size_t kPathBytes = 320;

  constexpr ControlSocket() = default;

  // Makes <path>, owner-only; nobody can connect before Listen, so that its mode can be set in between. 0, or
  // -errno: then it is closed.
  int Bind(const char* path);
  int Listen(const Allowed& allowed);
  bool IsOpen() const { return listener_ >= 0; }
  const char* path() const { return path_; }

  // For ppoll(2): fills `out` (kMostDescriptors) and returns how many.
  int Descriptors(pollfd* out) const;
  // After poll. Takes connections and answers; returns how long to sleep at most, UINT64_MAX: until somebody
  // comes.
  uint64_t Serve(const pollfd* polled, int count, uint64_t now_ns);

  // Does its name still lead to it?
  bool IsThere() const;
  // Takes the file's name away where it still is this socket's.
  void RemoveFile();
  void Close();
  void ForgetInChild();

 private:
  struct Client {
    int descriptor = -1;
    uint64_t since_ns = 0;
  };

  int Places() const;
  bool MayAccept() const { return accepted_ < kMostAccepts && Places() > 0; }
  void Accept(uint64_t now_ns);
  bool Hear(int connection);
  void Send(int connection, const char* request, long size);
  uint64_t NextNs(uint64_t now_ns) const;

  int listener_ = -1;
  Allowed allowed_;
  Client clients_[kMostClients];
  uint64_t window_ns_ = 0;
  int accepted_ = 0;  // in this window
  char* answer_ = nullptr;
  uint64_t device_ = 0;
  uint64_t inode_ = 0;
  char path_[kPathBytes] = {};
};

}  // namespace memgov::control

#endif  // MEMGOV_GOVERNOR_CONTROL_CONTROL_SOCKET_H_
