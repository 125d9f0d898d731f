// The files that processes leave in the runtime folder, <process id> and a suffix each, and how many of those
// stay whose process is gone.
//
// Safety: one thread at a time; no allocation; errno kept.
#ifndef MEMGOV_GOVERNOR_TELEMETRY_DEAD_FILES_H_
#define MEMGOV_GOVERNOR_TELEMETRY_DEAD_FILES_H_

#include <stdint.h>

namespace memgov::dead_files {

enum class Kind : uint8_t { kEvidence, kSegment, kSocket };

constexpr int kMostDead = 8;  // of a kind in a folder

// <folder>/<process>.evidence, .stats or .sock into a buffer of shared_file::kPathBytes.
void WritePath(char* path, const char* folder, uint64_t process, Kind kind);

// Does the file of this kind belong to a process of another pid namespace that lives, as its socket says?
// Containers that share a folder have processes of the same id.
bool IsTaken(const char* folder, uint64_t process, Kind kind);

// Of processes of this pid namespace that are gone the newest kMostDead files stay, those whose maker died
// before it said who it was among them (by name alone). Whether those of another namespace are alive cannot
// be said: they stay.
void Prune(const char* folder, Kind kind);

}  // namespace memgov::dead_files

#endif  // MEMGOV_GOVERNOR_TELEMETRY_DEAD_FILES_H_
