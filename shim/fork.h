// fork in a process with threads: prepare, parent and child in one place (fork.cc).
#ifndef MEMGOV_SHIM_FORK_H_
#define MEMGOV_SHIM_FORK_H_

namespace memgov {

// Registers the handlers with the C library, once. With the first allocation of the process: libraries that
// the program needs run their constructors before ours, and a handler that was registered before ours runs
// its prepare after ours, with malloc closed to every other thread: if it then takes a mutex that such a
// thread holds, both wait for ever.
void WatchFork();

}  // namespace memgov

#endif  // MEMGOV_SHIM_FORK_H_
