// Which process is it, and is it still there? Process id and start time together: ids are used again.
//
// Safety: any thread; no allocation; descriptors are opened, read and closed within the call; errno kept.
//
// Assumptions: words come from files that other processes wrote, so any bits may be in them. They mean
// something only within the pid namespace that they were made in.
#ifndef MEMGOV_GOVERNOR_COHORT_PROCESS_IDENTITY_H_
#define MEMGOV_GOVERNOR_COHORT_PROCESS_IDENTITY_H_

#include <stdint.h>
#include <sys/types.h>

namespace memgov {

// Process id in the low half, the low 32 bits of its start time (clock ticks since boot, field 22 of
// /proc/<pid>/stat) in the high half; 0 there: not known. Never 0 as a whole.
using ProcessWord = uint64_t;

ProcessWord MakeProcessWord(pid_t process, uint64_t start_ticks);
// Of this process: one file read. Without /proc, or with that of another pid namespace, by its id alone.
ProcessWord OwnProcessWord();

// False when in doubt (no /proc, no permission). A zombie is gone: it has no memory; a process whose first
// thread ended before the others is not. A system call, and a file read where the process exists: 2 to 10 us.
bool IsGone(ProcessWord word);

// Inode of the pid namespace; 0 where /proc does not say.
uint64_t PidNamespace();

// Pure; exposed for tests. What /proc/<pid>/stat says; false when the text is anything else.
struct ProcessStat {
  uint64_t process = 0;
  char state = '?';
  uint64_t threads = 0;
  uint64_t start_ticks = 0;
};
bool ParseProcessStat(const char* text, ProcessStat* stat);

}  // namespace memgov

#endif  // MEMGOV_GOVERNOR_COHORT_PROCESS_IDENTITY_H_
