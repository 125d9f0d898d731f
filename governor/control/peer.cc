#include "governor/control/peer.h"

#include <sys/socket.h>

#include "governor/base/raw_syscall.h"

#ifndef SO_PEERGROUPS
#define SO_PEERGROUPS 59  // Linux 4.13
#endif

namespace memgov::control {
namespace {

// struct ucred of <sys/socket.h>, which has it for _GNU_SOURCE only.
struct Credentials {
  pid_t process;
  uid_t user;
  gid_t group;
};

constexpr int kMostGroups = 1024;
constinit gid_t groups[kMostGroups] = {};

// Of a peer with more supplementary groups (the kernel's bound is 65,536) only its own group counts.
bool IsInGroup(int connection, gid_t group) {
  socklen_t bytes = sizeof groups;
  if (CallKernel(SYS_getsockopt, connection, SOL_SOCKET, SO_PEERGROUPS, groups, &bytes) != 0) return false;
  for (size_t index = 0; index < bytes / sizeof(gid_t); ++index) {
    if (groups[index] == group) return true;
  }
  return false;
}

}  // namespace

bool MayAsk(int connection, const Allowed& allowed) {
  Credentials peer{};
  socklen_t bytes = sizeof peer;
  if (CallKernel(SYS_getsockopt, connection, SOL_SOCKET, SO_PEERCRED, &peer, &bytes) != 0 ||
      bytes != sizeof peer)
    return false;
  if (peer.user == 0 || peer.user == allowed.user) return true;
  return allowed.group_too && (peer.group == allowed.group || IsInGroup(connection, allowed.group));
}

}  // namespace memgov::control
