// When evidence is written, and what: from three quarters of soft on, so that who reads it after a kill sees
// how it came to that.
//
// Safety: the governor's thread; no allocation.
#ifndef MEMGOV_GOVERNOR_RUNTIME_LAST_WORDS_H_
#define MEMGOV_GOVERNOR_RUNTIME_LAST_WORDS_H_

#include <stdint.h>

#include "governor/base/engine_control.h"
#include "governor/budget/budget.h"

namespace memgov::governor::last_words {

// With each reading. `environment` as for cohort::RuntimeFolder.
void Note(EngineControl& engine, const budget::Charge& charge, uint64_t now_ns, char** environment);

void ResetInChild();

}  // namespace memgov::governor::last_words

#endif  // MEMGOV_GOVERNOR_RUNTIME_LAST_WORDS_H_
