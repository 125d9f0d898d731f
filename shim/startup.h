// The constructor and destructor of the object.
#ifndef MEMGOV_SHIM_STARTUP_H_
#define MEMGOV_SHIM_STARTUP_H_

#include "governor/base/engine_control.h"

namespace memgov {

// The chosen engine behind the governor's interface.
EngineControl& Control();

namespace surface {

// AddressSanitizer asks whoever defines this. It otherwise refuses to start when any library is loaded before
// it.
const char* AsanOptions();

}  // namespace surface

// "0.1.0 arena": version and engine.
const char* VersionText();

}  // namespace memgov

#endif  // MEMGOV_SHIM_STARTUP_H_
