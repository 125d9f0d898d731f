// What the governor does on each wake-up.
#ifndef MEMGOV_GOVERNOR_RUNTIME_TICK_H_
#define MEMGOV_GOVERNOR_RUNTIME_TICK_H_

#include "governor/base/engine_control.h"

namespace memgov::governor {

// The governor thread's life. Does not return.
[[noreturn]] void RunTicks(EngineControl& engine);

// One tick on an allocating thread (MEMGOV_THREAD=never, or no thread to be had): at most one at a time,
// others go on.
void TickOnThisThread(EngineControl& engine);

void ResetTickInChild();

}  // namespace memgov::governor

#endif  // MEMGOV_GOVERNOR_RUNTIME_TICK_H_
