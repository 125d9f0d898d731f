// Fragmentation by size class, and by pool where a pool's books are its own: JSON for `memgov explain`.
//
// Safety: any thread but not from within malloc; no allocation; takes the engine's locks one after the other.
#ifndef MEMGOV_GOVERNOR_TELEMETRY_CLASSES_H_
#define MEMGOV_GOVERNOR_TELEMETRY_CLASSES_H_

#include "governor/base/engine_control.h"
#include "governor/telemetry/text_sink.h"

namespace memgov {

// {"classes":[{"block_bytes":..,"slabs":..,"live_blocks":..,"free_blocks":..,"waste_bytes":..},..],
// "pools":[{"pool":..,"live_bytes":..,"held_bytes":..,"cached_bytes":..},..]}: classes that have slabs (live:
// what CPUs cache included), pools that have shards of their own.
void WriteClasses(EngineControl& engine, TextSink& out);

}  // namespace memgov

#endif  // MEMGOV_GOVERNOR_TELEMETRY_CLASSES_H_
