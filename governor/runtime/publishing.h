// When the stats segment is written: after what a tick did, at most once a second, and for no more than a
// thousandth of a processor's time (but every 10 s); once more when all has come to rest; and when somebody
// asks.
//
// Safety: whoever ticks; AtExit as exit_guard.h says.
#ifndef MEMGOV_GOVERNOR_RUNTIME_PUBLISHING_H_
#define MEMGOV_GOVERNOR_RUNTIME_PUBLISHING_H_

#include <stdint.h>

#include "governor/base/engine_control.h"

namespace memgov::governor::publishing {

// In the constructor. `version` ("0.1.0 arena") and the environment live as long as the process.
void Install(const char* version, char** environment);

// At the end of a tick on the governor's thread. `activity` is any sum that changes when figures have
// changed. Returns how long to sleep at most.
uint64_t Note(EngineControl& engine, uint64_t now_ns, uint64_t activity);

// Figures of this moment, on the governor's thread. False: no segment (MEMGOV_EXPORT=0, no folder).
bool PublishNow(EngineControl& engine);

// After exit_guard::CloseAndWait.
void AtExit();
void ResetInChild();

}  // namespace memgov::governor::publishing

#endif  // MEMGOV_GOVERNOR_RUNTIME_PUBLISHING_H_
