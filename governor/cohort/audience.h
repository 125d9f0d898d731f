// For whom what this process shows is: its own user, and a group where MEMGOV_GROUP and MEMGOV_MODE say so
// (monitoring beside a root master with workers of another user, a sidecar).
//
// Safety: one thread at a time (whoever ticks); no allocation; errno kept. Names are looked up in /etc/group
// as it is (no NSS inside a process that is not ours).
#ifndef MEMGOV_GOVERNOR_COHORT_AUDIENCE_H_
#define MEMGOV_GOVERNOR_COHORT_AUDIENCE_H_

#include <stdint.h>
#include <sys/types.h>

namespace memgov::audience {

enum class Access : uint8_t { kNone, kReads, kSteers };

// What the group may, and which one it is. After a refusal (no such group; chown says that this user is not
// in it) kNone.
struct Group {
  Access access = Access::kNone;
  gid_t id = 0;
};
// Looked up once for each user that this process becomes. One line where there is no such group.
Group CurrentGroup();

// Opens what `path` names (owner-only, and no link) to the group as far as it may: reading a file, looking
// into a folder, connecting to a socket (only who may steer). 0, or -errno after one line in a process: then
// it is for its owner only, and so is all that comes later. Nothing where the group may nothing.
enum class Thing : uint8_t { kFolder, kFile, kSocket };
int Share(const char* path, Thing thing);

// Pure; exposed for tests. The number that a line of /etc/group gives this name; false when it gives none.
bool ParseGroupLine(const char* line, const char* line_end, const char* name, gid_t* id);

}  // namespace memgov::audience

#endif  // MEMGOV_GOVERNOR_COHORT_AUDIENCE_H_
