// What the kernel says about this process, from /proc/self.
//
// Safety: any thread; no allocation; descriptors are opened, read and closed within the call; errno is kept.
#ifndef MEMGOV_GOVERNOR_BASE_PROC_SELF_H_
#define MEMGOV_GOVERNOR_BASE_PROC_SELF_H_

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

namespace memgov {

struct ResidentMemory {
  uint64_t total_bytes;      // RSS
  uint64_t anonymous_bytes;  // RSS without file and shared pages: what a heap can give back
};

// /proc/self/statm, about 2 us. Kernels from 6.2 to 6.15 count in per-CPU batches: off by up to 128 KiB per
// CPU there. All zero when /proc cannot be read.
ResidentMemory ReadResidentMemory();

// The thread's name (15 bytes at most) into `name`; false when the thread is gone or /proc cannot be read.
bool ReadThreadName(pid_t thread, char* name, size_t capacity);

// Reads a small file whole, NUL-terminated. The number of bytes, or -errno.
long ReadSmallFile(const char* path, char* buffer, size_t capacity);

}  // namespace memgov

#endif  // MEMGOV_GOVERNOR_BASE_PROC_SELF_H_
