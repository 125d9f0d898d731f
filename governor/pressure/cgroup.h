// The memory cgroups that this process is in, and what they say: v2 (every level up to the mount), v1, and
// the hybrid of both (v1 controllers, pressure files in the unified tree).
//
// Charged is what the kernel kills for: the cgroup's usage less what reclaim can take without swap (file
// pages on the LRU lists; on v2 reclaimable slab too), so anonymous memory, shmem, kernel memory and sockets
// stay in. https://docs.kernel.org/admin-guide/cgroup-v2.html#memory-interface-files and
// .../cgroup-v1/memory.html
//
// Safety: Find on one thread at a time (3.5 KiB of stack); afterwards any thread reads, from within malloc
// too: no allocation, no locks, under 2 KiB of stack, descriptors opened, read and closed within the call,
// errno kept. Files that are missing, unreadable or garbage count as absent: a limit that cannot be read is
// no limit.
#ifndef MEMGOV_GOVERNOR_PRESSURE_CGROUP_H_
#define MEMGOV_GOVERNOR_PRESSURE_CGROUP_H_

#include <stddef.h>
#include <stdint.h>

namespace memgov {

constexpr int kMostCgroupLevels = 16;  // those above are not looked at
constexpr size_t kCgroupPathBytes = 512;
constexpr uint64_t kNoLimit = UINT64_MAX;

enum class CgroupVersion : uint8_t { kNone, kV1, kV2 };

// memory.events of v2, of the lowest level that has a limit (a limit's events are counted there and above,
// not in the cgroups below it), else of the process's own; what v1 has of it (memory.failcnt as max,
// memory.oom_control's oom_kill).
struct CgroupEvents {
  uint64_t low = 0;
  uint64_t high = 0;
  uint64_t max = 0;
  uint64_t oom = 0;
  uint64_t oom_kill = 0;
};

// Against the tightest limit of the path: limit less the least headroom of any level, so that limit - charged
// is what may still be charged anywhere. Charged is above the limit where a level's limit was lowered below
// what it has.
struct CgroupReading {
  bool valid = false;  // there is a limit and its usage could be read; else charged is the cgroup's own
  uint64_t limit_bytes = kNoLimit;
  uint64_t charged_bytes = 0;
  // Of the process's own cgroup (the first with a memory controller from there up), limit or not:
  uint64_t anonymous_bytes = 0;
  uint64_t file_bytes = 0;   // on the LRU lists: what reclaim can take
  uint64_t usage_bytes = 0;  // the kernel's own figure
};

// Where things are; about 2 KiB, constant-initialized.
class CgroupFiles {
 public:
  constexpr CgroupFiles() = default;

  // Reads <root>/proc/self/cgroup and mountinfo. `root` is "" but in tests, whose fixture trees stand for
  // "/"; mount points found in mountinfo are taken below it. Where the path that the kernel names is not
  // below the mount (a container without a cgroup namespace), the mount's own root is subtracted, else the
  // mount point is taken. Paths of kCgroupPathBytes and more are not found.
  void Find(const char* root);

  CgroupVersion version() const { return version_; }
  // The directory of the process's memory cgroup, and that in the unified tree (pressure files); "" without.
  const char* memory_directory() const { return memory_; }
  const char* unified_directory() const { return unified_; }
  // The same for every process of the cgroup and in no other: by device and inode of the directory. 0
  // without.
  uint64_t identity() const { return identity_; }

  // The least of memory.max and memory.high along the path (v2), of memory.limit_in_bytes and
  // hierarchical_memory_limit (v1); kNoLimit where there is none. v1's "none" is about 2^63.
  uint64_t ReadLimit() const;
  // Limits and usage of every level that has a limit. One open, read, close per file: 20 to 60 us a level.
  CgroupReading Read() const;
  CgroupEvents ReadEvents() const;
  // The file of whose change ReadEvents knows more: memory.events, on v1 memory.failcnt.
  void EventsFile(char* out, size_t capacity) const;

 private:
  size_t LimitedLevel() const;

  CgroupVersion version_ = CgroupVersion::kNone;
  size_t mount_bytes_ = 0;   // of memory_: the part that is the mount point; no level is above it
  size_t events_bytes_ = 0;  // of memory_: the level whose events are read
  uint64_t identity_ = 0;
  char memory_[kCgroupPathBytes] = {};
  char unified_[kCgroupPathBytes] = {};
};

// Pure parsers, exposed for tests and fuzzing; none reads beyond the text's end or trusts its form.

// "max\n" -> kNoLimit; digits; anything else: false.
bool ParseCgroupNumber(const char* text, uint64_t* value);
// The line "<key> <number>" of a flat keyed file (memory.stat, memory.events).
bool FindKeyedNumber(const char* text, const char* key, uint64_t* value);

// memory.events or a line of it, or of v1's memory.oom_control; what is missing stays as it is.
void ParseEvents(const char* text, CgroupEvents* events);

}  // namespace memgov

#endif  // MEMGOV_GOVERNOR_PRESSURE_CGROUP_H_
