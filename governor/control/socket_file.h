// Unix sockets by their path, however long that is: an address holds 107 bytes (unix(7)), the runtime
// folder's path up to 200. Longer ones go through the folder's descriptor in /proc/thread-self (Linux 3.17;
// the governor's descriptor table is its own, so that /proc/self shows another one's).
//
// Safety: any thread; no allocation; errno kept. Results are the kernel's: -errno on failure.
//
// Assumptions: the folder of the path is this user's, and nobody else writes to it.
#ifndef MEMGOV_GOVERNOR_CONTROL_SOCKET_FILE_H_
#define MEMGOV_GOVERNOR_CONTROL_SOCKET_FILE_H_

#include <stdint.h>

namespace memgov::control {

// Binds to `path`, for the owner only, whatever the umask is: before anybody can connect, which takes
// listen(2). What has that name already (a leftover of an earlier process of this number, a link) is removed
// first and never followed; -EADDRINUSE where somebody answers by that name (of another pid namespace).
int BindAt(int descriptor, const char* path);

// A connection attempt that was refused: the socket's process has ended, wherever it ran.
bool IsAbandoned(const char* path);
// Somebody would take a connection.
bool IsHeard(const char* path);

}  // namespace memgov::control

#endif  // MEMGOV_GOVERNOR_CONTROL_SOCKET_FILE_H_
