// Small files in the runtime folder that are mapped shared: made whole, opened only when they are what they
// should be.
//
// Safety: any thread (ForEachName and CreateShown one at a time); no allocation; errno kept. Results are the
// kernel's: -errno on failure.
//
// Assumptions: the folder is this user's. Whoever acts as this user can shorten a file while it is mapped,
// which ends its readers with SIGBUS; such a one could kill them anyway.
#ifndef MEMGOV_GOVERNOR_COHORT_SHARED_FILE_H_
#define MEMGOV_GOVERNOR_COHORT_SHARED_FILE_H_

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

namespace memgov::shared_file {

constexpr size_t kPathBytes = 320;

// A new file of this many zeros, 0600: the descriptor. Its pages exist, so that a full file system answers
// here (-ENOSPC) and not with SIGBUS at the first touch. -EEXIST where anything has that name; -EFBIG under
// an RLIMIT_FSIZE that is smaller (the write would raise SIGXFSZ).
int Create(const char* path, size_t bytes);

// The same, and then readable by whom audience.h says: for what is to be seen, not for what processes share.
int CreateShown(const char* path, size_t bytes);

// An existing one: a regular file of this user (no link), of this size, for nobody else. The descriptor, or
// -EPERM (another's), -EACCES (open to others), -EINVAL (no regular file, or of another size), -ELOOP (a
// symbolic link).
int Open(const char* path, size_t bytes);

// Shared, readable and writable; nullptr when refused or the file is shorter. The descriptor is closed.
void* MapAndClose(int descriptor, size_t bytes);

int Remove(const char* path);

struct FileId {
  uint64_t device = 0;
  uint64_t inode = 0;
  bool operator==(const FileId&) const = default;
};
// Of an open file; of what a path names now (links are not followed).
int Identify(int descriptor, FileId* id);
int Identify(const char* path, FileId* id);

// The names in a folder, 10,000 at most. What is visited may be removed on the way.
void ForEachName(const char* folder, void (*visit)(void* context, const char* name), void* context);

}  // namespace memgov::shared_file

#endif  // MEMGOV_GOVERNOR_COHORT_SHARED_FILE_H_
