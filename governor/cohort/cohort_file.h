// The file of a cohort: found or made, and removed by the last one out, or by who comes later where that one
// was killed.
//
// Safety: one thread at a time; no allocation; errno kept. A segment that was handed out stays mapped for
// good: threads may be reading it at any time.
//
// Two who create it at once: each makes a whole file under a name of its own and links it to the common name;
// the second link fails, and that process opens what the first one made. Its maker has a slot in it from the
// start, so that nobody takes it for what the dead left.
//
// Removal: who finds no member writes its process word into `removing`, looks again whether anybody took a
// slot meanwhile, and only then unlinks the name. It need not have been a member. Who joins takes a slot
// first and looks at `removing` then: one of the two sees the other. A joiner that sees it gives its slot
// back and opens the name again after a moment. Where the remover has died and the name is still there, a
// joiner resets the word and the next remover puts its own there. The name is unlinked only by who holds
// `removing` in the file that has the name, so a newer file is never taken away.
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

// 0, or -errno: shared_file::Open's, -EBADMSG for one that is not a cohort's, and -EAGAIN where it went away
// again and again.
int OpenOrCreate(const char* folder, uint64_t identity, ProcessWord me, CohortFile* file);

// May this process use the mapping, for this cgroup? An inherited one too.
bool IsUsable(const CohortFile& file, uint64_t identity);
// Is it what others find under its name? As far as can be seen: a worker of another user than the parent
// whose mapping it inherited may not look into the folder.
bool IsNamed(const CohortFile& file);

// Takes a slot in a file that nobody is removing: 0, -ENOSPC (all taken; with `free_only` by the dead, too),
// -EAGAIN (it is being removed: open again).
int TakeSlot(CohortFile& file, ProcessWord me, bool free_only, Ticket* ticket);

// Where nobody alive has a slot.
void RemoveIfEmpty(CohortFile& file, ProcessWord me);

// What killed processes left in the folder of `own`: files half made, and those of cohorts without a member,
// of this pid namespace (whether processes of another are alive cannot be said). 20 us for each file there.
void RemoveLeftovers(const char* folder, const CohortFile& own, ProcessWord me);

}  // namespace memgov::cohort

#endif  // MEMGOV_GOVERNOR_COHORT_COHORT_FILE_H_
