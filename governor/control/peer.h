// Who is at the other end of a control connection, and may it ask?
//
// Safety: one thread at a time; no allocation; errno kept.
//
// Assumptions: credentials are of the moment when the other end connected (unix(7), SO_PEERCRED). The kernel
// translates ids into this process's user namespace; those that have none here are the overflow id, which may
// be this process's own: the socket file's mode, by which the kernel judges with the real ids, comes first.
#ifndef MEMGOV_GOVERNOR_CONTROL_PEER_H_
#define MEMGOV_GOVERNOR_CONTROL_PEER_H_

#include <sys/types.h>

namespace memgov::control {

struct Allowed {
  uid_t user = 0;  // beside root
  bool group_too = false;
  gid_t group = 0;
};

// False when the kernel does not say.
bool MayAsk(int connection, const Allowed& allowed);

}  // namespace memgov::control

#endif  // MEMGOV_GOVERNOR_CONTROL_PEER_H_
