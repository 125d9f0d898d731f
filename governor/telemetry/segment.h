// The stats segment: <folder>/<process id>.stats, all figures of this process for who reads them from outside
// (memgov/stats_segment.h has the bytes). Removed when the process ends by itself; what is left of killed
// ones is kept for a while (dead_files.h).
//
// Invariant: at any instruction one of the two copies is whole, once there was a first. Publish writes the
// older one: its sequence odd, then (acquire and release) the figures and their checksum, then (release) the
// sequence even. A reader that sees an even sequence and a checksum that fits has a whole copy, whatever
// order it read in.
//
// Safety: Open, Publish and ForgetInChild on one thread (whoever ticks), Remove also from an exit handler
// while no other call is under way; no allocation; no descriptor stays open.
#ifndef MEMGOV_GOVERNOR_TELEMETRY_SEGMENT_H_
#define MEMGOV_GOVERNOR_TELEMETRY_SEGMENT_H_

#include <stdint.h>

#include "governor/telemetry/metrics.h"

namespace memgov::segment {

// Made anew, under a name of its own first, so that nobody sees half of it and nothing that is there by its
// name is followed. The first snapshot says which figures there are. False after at most one line in a
// process; and in silence after Remove.
bool Open(const char* folder, const Snapshot& first);
bool IsOpen();
// 5 us.
void Publish(const Snapshot& snapshot);
// The process ends by itself. None is made any more.
void Remove();
// Does its name still lead to it? Sessions that end take their runtime folder with them.
bool IsThere();
// It has another user or folder now: the file goes, if it may be removed; a new one may be opened.
void Close();
// A fork child may open one of its own, whatever its parent did.
void ForgetInChild();

}  // namespace memgov::segment

#endif  // MEMGOV_GOVERNOR_TELEMETRY_SEGMENT_H_
