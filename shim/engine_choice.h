// The one place that chooses: MEMGOV_ENGINE_<NAME> is defined per object by shim/CMakeLists.txt.
#ifndef MEMGOV_SHIM_ENGINE_CHOICE_H_
#define MEMGOV_SHIM_ENGINE_CHOICE_H_

#include "shim/engine.h"

#if defined(MEMGOV_ENGINE_MIMALLOC)
#include "shim/mimalloc/mimalloc_engine.h"
namespace memgov {
using ChosenEngine = MimallocEngine;
}
#elif defined(MEMGOV_ENGINE_SYSTEM)
#include "shim/system/system_engine.h"
namespace memgov {
using ChosenEngine = SystemEngine;
}
#elif defined(MEMGOV_ENGINE_ARENA)
#include "shim/arena/arena_engine.h"
namespace memgov {
using ChosenEngine = ArenaEngine;
}
#else
#error "no engine chosen: define MEMGOV_ENGINE_ARENA, MEMGOV_ENGINE_MIMALLOC or MEMGOV_ENGINE_SYSTEM"
#endif

static_assert(memgov::Engine<memgov::ChosenEngine>);

namespace memgov {
using ChosenExtras = EngineExtras<ChosenEngine>;
}

#endif  // MEMGOV_SHIM_ENGINE_CHOICE_H_
