// Ticks and the end of the process: what a tick does with files must not race with the exit handler that
// removes them.
//
// A tick says that it is inside before it looks whether it may be, and CloseAndWait the other way round:
// sequentially consistent, so that at least one sees the other.
//
// Safety: Enter and Leave on whoever ticks, one at a time, not nested; CloseAndWait in an exit handler.
#ifndef MEMGOV_GOVERNOR_RUNTIME_EXIT_GUARD_H_
#define MEMGOV_GOVERNOR_RUNTIME_EXIT_GUARD_H_

namespace memgov::governor::exit_guard {

// False: the process is ending. Leave either way.
bool Enter();
void Leave();

// From now on Enter answers false. False when a tick is inside and stays there: it hangs in a system call, or
// this thread's signal handler interrupted it; then what it uses has to stay.
bool CloseAndWait();

void ResetInChild();

}  // namespace memgov::governor::exit_guard

#endif  // MEMGOV_GOVERNOR_RUNTIME_EXIT_GUARD_H_
