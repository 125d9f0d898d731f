// The cohort: the governed processes of one container. They find each other through a file per cgroup and
// user in the runtime folder, mapped shared: a slot per process with what it has reserved for admitted
// requests, what it could give back, and how fast it grows. Nobody waits for anybody: there is no lock in the
// file, a slot is written by its owner only, and the slot of a process that is gone (killed, too) is free
// again to whoever needs one.
//
// A fork child inherits the mapping, and with it the cohort, whatever user it becomes (nginx: a root master,
// workers of another user); processes of another user that were not forked from a member have a cohort of
// their own.
//
// Safety: RuntimeFolder, Join, Publish, View and Leave on one thread (the governor's, or with no thread the
// one that ticks), Leave also from an exit handler; Reserve and Unreserve from any thread; no allocation;
// errno kept. What the file says is another's word: every figure is clamped, and garbage costs accuracy,
// never the process. Only who acts as the same user can shorten the file, which would end its readers with
// SIGBUS.
#ifndef MEMGOV_GOVERNOR_COHORT_COHORT_H_
#define MEMGOV_GOVERNOR_COHORT_COHORT_H_

#include <stddef.h>
#include <stdint.h>

namespace memgov {

struct CohortMember {
  uint64_t anonymous_bytes = 0;   // its RSS without files
  uint64_t releasable_bytes = 0;  // what a release would bring, about
  uint64_t demand_bytes = 0;      // fresh memory taken in about the last second
};

struct CohortView {
  uint32_t members = 1;          // alive, this process included
  uint64_t others_reserved = 0;  // bytes
  uint64_t others_demand = 0;
  uint64_t others_anonymous = 0;
  uint64_t most_releasable = 0;  // of any other member
};

namespace cohort {

// The folder: MEMGOV_DIR, else XDG_RUNTIME_DIR (when it is this user's), else /dev/shm, else /run; in it
// memgov-<uid> (0700, or 0750 as audience.h says, made if need be; refused when it is another user's, open to
// others, writable by a group or a symbolic link). A program
// that gained privileges by exec looks at no variable. `environment` is the process's. "" when there is
// none: one line was said. The result stays valid; after a change of user the next call looks again.
const char* RuntimeFolder(char** environment);

// Joins the cohort of cgroup `identity`; again in a fork child (which takes a slot of its own), and after a
// move to another cgroup. False, after at most one line in a process, when there is no folder ("": a child
// still joins by what it inherited), no memory, or no slot of 127; and without a cgroup (0): then this
// process is alone. About 100 us, and 20 for each cohort in the folder, whose files it removes where all
// members were killed; with all slots taken a millisecond, with a remover that hangs 50. Asked again after a
// failure it waits for nobody and looks at eight members at most: 100 us, so ask about once a second. The
// mapping, 8 KiB, stays for good.
bool Join(const char* folder, uint64_t identity);
// False also when another took this process's slot away, wrongly, and Publish or View found no new one: then
// Join again.
bool Joined();
// Some stores. What was published more than 3 s ago counts as of a process at rest: no demand, nothing to
// release.
void Publish(const CohortMember& me, uint64_t now_ns);
// Slots of the dead are freed on the way: by process id and start time (/proc/<pid>/stat), looked at most
// once a second per slot, eight in a call. A killed process's reservation thus lasts a second or so.
CohortView View(uint64_t now_ns);
// What is reserved stays reserved, within the process. The last one out removes the file.
void Leave();

// What this process has reserved, visible to the others at once: add first, look at ReservedByOthers() then,
// undo if it is too much; two who do this at the same time may both undo, and never both keep. Sequentially
// consistent. Without a cohort they count within the process. More than 1 TiB at once, reserved or taken off,
// counts as 1 TiB.
constexpr uint64_t kMostAtOnce = uint64_t{1} << 40;
void Reserve(uint64_t bytes);
// Never below zero: returns what was taken off.
uint64_t Unreserve(uint64_t bytes);
uint64_t Reserved();
uint64_t ReservedByOthers();

// In a fork child: the slot is the parent's; what the parent reserved is not this process's.
void ForgetInChild();

}  // namespace cohort

// Pure. This member's part of `headroom`, by demand: everybody keeps half an equal share, the rest goes by
// use.
uint64_t ShareOfHeadroom(uint64_t headroom, const CohortMember& me, const CohortView& view);
// Pure. Is it this member's turn to release? Who has at least half of what the one with most has; at hard
// everybody.
bool IsTurnToRelease(const CohortMember& me, const CohortView& view, bool hard);

}  // namespace memgov

#endif  // MEMGOV_GOVERNOR_COHORT_COHORT_H_
