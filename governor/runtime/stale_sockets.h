// The files of control sockets, <process id>.sock in the runtime folder, and what killed processes leave of
// them.
//
// Safety: one thread at a time; no allocation; errno kept.
#ifndef MEMGOV_GOVERNOR_RUNTIME_STALE_SOCKETS_H_
#define MEMGOV_GOVERNOR_RUNTIME_STALE_SOCKETS_H_

#include <stdint.h>

namespace memgov::governor::stale_sockets {

// Into a buffer of shared_file::kPathBytes.
void WritePath(char* path, const char* folder, uint64_t process);

// Removes those whose process is gone and on which nobody listens: by both, as in another pid namespace a
// number says nothing, and a process of this one may be between binding and listening. 2 us for each file.
void Remove(const char* folder);

}  // namespace memgov::governor::stale_sockets

#endif  // MEMGOV_GOVERNOR_RUNTIME_STALE_SOCKETS_H_
