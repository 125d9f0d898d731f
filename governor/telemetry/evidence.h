// What is left of a process that was killed at its limit: a small text file in the runtime folder, kept up
// while the process is on a rung above normal, and removed when it ends by itself. `cat` reads it.
//
// Lines of fixed width, the oldest overwritten first (numbered, so that they can be put in order); written
// into a shared mapping of a file on tmpfs, so that what was written survives SIGKILL and costs no system
// call.
//
// Safety: one thread (the governor's), Remove also from an exit handler while no other call is under way; no
// allocation; descriptors opened and closed within Open. A folder that is missing, full or read-only costs
// one line. In a fork child ForgetInChild: the file is the parent's.
#ifndef MEMGOV_GOVERNOR_TELEMETRY_EVIDENCE_H_
#define MEMGOV_GOVERNOR_TELEMETRY_EVIDENCE_H_

#include <stddef.h>
#include <stdint.h>

namespace memgov::evidence {

struct Line {
  uint64_t wall_clock_s = 0;  // since 1970, UTC
  const char* rung = "";      // "normal", "soft", "hard"
  uint64_t charged_bytes = 0;
  uint64_t soft_bytes = 0;
  uint64_t hard_bytes = 0;
  uint64_t limit_bytes = 0;  // the container's; 0 none
  uint64_t anonymous_bytes = 0;
  uint64_t live_bytes = 0;
  uint64_t held_bytes = 0;
  uint64_t refused = 0;        // allocations, so far
  uint64_t rejected = 0;       // admissions deferred or rejected, so far
  const char* grew_pool = "";  // the pool whose live bytes grew most since the line before; "" none
  int64_t grew_bytes = 0;
};

constexpr int kLines = 64;

// <folder>/dead-or-alive file "<pid>.evidence", 0600, made anew without following links; the header names
// pid, start time of the process, command line's first word and engine. False after at most one line in a
// process; and in silence after Remove.
bool Open(const char* folder, const char* engine);
bool IsOpen();
void Write(const Line& line);
// The process ends by itself: removes the file, if there is one. None is made any more.
void Remove();
// A fork child may open one of its own, whatever its parent did.
void ForgetInChild();

}  // namespace memgov::evidence

#endif  // MEMGOV_GOVERNOR_TELEMETRY_EVIDENCE_H_
