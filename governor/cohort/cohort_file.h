// The file of a cohort: found or made, and removed by the last one out.
//
// Safety: one thread at a time; no allocation; errno kept. A segment that was handed out stays mapped for
// good: threads may be reading it at any time.
//
// Two who create it at once: each makes a whole file under a name of its own and links it to the common name;
// the second link fails, and that process opens what the first one made.
//
// Removal: a leaver that finds no other member writes its process word into `removing`, looks again whether
// anybody took a slot meanwhile, and only then unlinks the name. Who joins takes a slot first and looks at
// `removing` then: one of the two sees the other. A joiner that sees it gives its slot back and opens the
// name again after a moment; where the remover has died and the name is still there, it resets the word. The
// name is unlinked only by who holds `removing` in the file that has the name, so a newer file is never taken
// away.
#ifndef MEMGOV_GOVERNOR_COHORT_COHORT_FILE_H_
#define MEMGOV_GOVERNOR_COHORT_COHORT_FILE_H_

#include <stdint.h>

#include "governor/cohort/segment.h"
#include "governor/cohort/shared_file.h"

namespace memgov::cohort {

// A mapped segment and where it is from.
struct CohortFile {
  Segment* segment = nullptr;
  shared_file::FileId id;
  uint64_t identity = 0;       // of the cgroup
  uint64_t pid_namespace = 0;  // process ids in it mean something there only
  char path[shared_file::kPathBytes] = {};
};

// 0, or -errno: shared_file::Open's, and -EBADMSG for one that is not a cohort's.
int OpenOrCreate(const char* folder, uint64_t identity, CohortFile* file);

// May this process use the mapping, for this cgroup? An inherited one too.
bool IsUsable(const CohortFile& file, uint64_t identity);
// Is it what others find under its name? As far as can be seen: a worker of another user than the parent
// whose mapping it inherited may not look into the folder.
bool IsNamed(const CohortFile& file);

// Takes a slot in a file that nobody is removing: 0, -ENOSPC (all taken), -EAGAIN (it is being removed: open
// again).
int TakeSlot(CohortFile& file, ProcessWord me, Ticket* ticket);

// After the own slot was freed.
void RemoveIfLast(CohortFile& file, ProcessWord me);

}  // namespace memgov::cohort

#endif  // MEMGOV_GOVERNOR_COHORT_COHORT_FILE_H_
