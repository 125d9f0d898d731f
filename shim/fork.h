// fork in a process with threads: prepare, parent and child in one place (fork.cc).
#ifndef MEMGOV_SHIM_FORK_H_
#define MEMGOV_SHIM_FORK_H_

namespace memgov {

// Registers the handlers with the C library. From the constructor, first of all: the earlier a handler is
// registered, the later its prepare runs and the earlier its parent and child run.
void WatchFork();

}  // namespace memgov

#endif  // MEMGOV_SHIM_FORK_H_
