// How the governor's thread is made: detached, all signals blocked, normal scheduling, the affinity that the
// process started with, 256 KiB of stack, a private and empty descriptor table.
#ifndef MEMGOV_GOVERNOR_RUNTIME_GOVERNOR_THREAD_H_
#define MEMGOV_GOVERNOR_RUNTIME_GOVERNOR_THREAD_H_

#include "governor/base/engine_control.h"
#include "governor/runtime/governor.h"

namespace memgov::governor {

// Remembers the affinity that the process has now. From the constructor.
void RememberAffinity();

// False when the system refuses a thread. Does not wait for the thread to run. errno and the signal mask are
// kept.
bool StartGovernorThread(const ThreadFunctions& functions, EngineControl& engine);

}  // namespace memgov::governor

#endif  // MEMGOV_GOVERNOR_RUNTIME_GOVERNOR_THREAD_H_
