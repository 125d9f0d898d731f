// One release at a time: asks the engine to give memory back, and measures what the process really lost.
//
// Safety: any thread but not from within malloc; no allocation. A second caller waits for the pass in
// progress.
#ifndef MEMGOV_GOVERNOR_RELEASE_RELEASER_H_
#define MEMGOV_GOVERNOR_RELEASE_RELEASER_H_

#include <stddef.h>
#include <stdint.h>

#include "governor/base/engine_control.h"
#include "governor/base/futex_lock.h"

namespace memgov {

// Why: nobody allocates; so much time has passed; memgov_release; malloc_trim; the demand window; the soft
// and hard rungs of the ladder; the kernel's pressure signs; an allocation at the limit; a pool above its
// budget or at rest.
enum class ReleaseReason : uint8_t {
  kIdle,
  kPeriodic,
  kApi,
  kMallocTrim,
  kWindow,
  kSoft,
  kHard,
  kPressure,
  kEmergency,
  kPool,
  kCount
};

const char* ReleaseReasonName(ReleaseReason reason);

struct ReleaseTotals {
  uint64_t passes = 0;
  uint64_t bytes = 0;
};

namespace releaser {

// Gives back what the engine can. The bytes by which the process's anonymous resident memory fell; what other
// threads touch meanwhile lowers the figure, so that it is never too high by their doing unless they unmap
// memory of their own. Nothing at all for kSoft, kPressure and kPool where the engine's ReleaseStopsTraffic.
size_t Release(EngineControl& engine, ReleaseReason reason, uint64_t most_bytes = UINT64_MAX);

// The process is ending: waits a moment for the pass in progress and allows no other, because engines take
// their heaps down at exit without asking anybody.
void Close();
bool IsClosed();

// For an allocation that waits: until `deadline_ns`, the wait for a pass in progress included, by an engine
// that GivesBackInSlices.
size_t ReleaseWithin(EngineControl& engine, ReleaseReason reason, uint64_t deadline_ns);

// The same, but nothing when a pass is in progress already: for threads that have something better to do.
size_t TryRelease(EngineControl& engine, ReleaseReason reason);

// For a tick: Release on the governor's own thread, TryRelease (of all) on a host's.
size_t ReleaseOn(bool own_thread, EngineControl& engine, ReleaseReason reason,
                 uint64_t most_bytes = UINT64_MAX);

// The engine's own tick (EngineControl::Tick), counted as kWindow. Nothing, and a short sleep, while a pass
// is in progress. Returns how long to sleep.
uint64_t TickEngine(EngineControl& engine, uint64_t now_ns);

// The counters start again: a child's figures are its own.
void ResetInChild();

ReleaseTotals Totals(ReleaseReason reason);
ReleaseTotals AllTotals();

// No thread but the releasing one was kept waiting by a release for longer than that.
uint64_t LongestStallNs();

FutexLock& Lock();

}  // namespace releaser
}  // namespace memgov

#endif  // MEMGOV_GOVERNOR_RELEASE_RELEASER_H_
