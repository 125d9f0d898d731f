// A picture of the process's memory at one moment, by pool: what the report, the summary and the C API show.
//
// Safety: any thread but not from within malloc; no allocation; takes memgov's locks one after the other.
#ifndef MEMGOV_GOVERNOR_TELEMETRY_CENSUS_H_
#define MEMGOV_GOVERNOR_TELEMETRY_CENSUS_H_

#include <stdint.h>

#include "governor/base/engine_control.h"
#include "governor/pools/pool_table.h"

namespace memgov {

struct PoolCensus {
  uint32_t threads = 0;
  uint32_t parked = 0;
  uint64_t live_bytes = 0;
  uint64_t held_bytes = 0;
  bool exact =
      false;  // it has shards of its own: what it allocated since it got them is counted, not estimated
};

struct Census {
  PoolCensus pools[kMostPools];
  int pool_count = 0;
  uint32_t threads = 0;
  uint32_t parked = 0;
  uint64_t resident_bytes = 0;
  uint64_t live_bytes = 0;
  uint64_t held_bytes = 0;
  uint64_t allocated_bytes = 0;
  bool exact = false;  // `engine` is filled in: live and held are its
  EngineFigures engine;
};

// A thread is parked when it allocated nothing for this long.
constexpr uint64_t kParkedNs = 1000000000;

// Looks at every thread's counters; the sum of bytes allocated since the start.
uint64_t SweepThreads(uint64_t now_ns);

// Raises the pools' peaks to their present live bytes.
void NotePeaks();

Census TakeCensus(EngineControl& engine);

// Splits what is held beyond live between the pools in proportion to how far each has come down from its peak
// since the last release: memory that nobody uses was left behind by those who used more. Pure; out has
// `count` elements.
void ApportionHeld(uint64_t held_bytes, const uint64_t* live, const uint64_t* peak, int count, uint64_t* out);

}  // namespace memgov

#endif  // MEMGOV_GOVERNOR_TELEMETRY_CENSUS_H_
