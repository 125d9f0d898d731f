// The mappings of a process (/proc/PID/smaps), and what each of them is for.
//
// Assumptions: 64-bit Linux. Reading takes the target's mmap lock for some microseconds per mapping, as
// smaps_rollup does. Names are whatever the process or its files chose.
#ifndef MEMGOV_GOVERNOR_CLI_PROC_MAPPINGS_H_
#define MEMGOV_GOVERNOR_CLI_PROC_MAPPINGS_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace memgov::cli {

enum class MappingKind {
  kChunk,         // memgov's arena engine: see MarkChunks
  kMainHeap,      // [heap]: what sbrk gives to the C library's malloc
  kMallocArena,   // glibc's other arenas: heaps of 64 MiB, and their unused rest
  kThreadStack,   // with a guard page below it, or where a thread's stack pointer is
  kMainStack,     // [stack]
  kProgram,       // the executable, libraries, and their data without a file (.bss)
  kFile,          // other files
  kSharedMemory,  // shared between processes: memfd, /dev/shm, SysV, anonymous shared
  kAnonymous,     // other memory that the process mapped itself
  kReserved,      // no access, or nothing but address space: not memory
  kKernel,        // [vdso] and the like
};

struct Mapping {
  uint64_t begin = 0;
  uint64_t end = 0;
  std::string permissions;  // "rw-p"
  uint64_t inode = 0;
  std::string name;  // "" for anonymous memory; any bytes
  uint64_t resident_bytes = 0;
  uint64_t proportional_bytes = 0;
  uint64_t anonymous_bytes = 0;
  uint64_t huge_bytes = 0;
  uint64_t lazy_free_bytes = 0;
  uint64_t swap_bytes = 0;
  MappingKind kind = MappingKind::kAnonymous;

  uint64_t size() const { return end - begin; }
  bool IsPrivate() const { return permissions.size() == 4 && permissions[3] == 'p'; }
  bool IsWritable() const { return permissions.size() == 4 && permissions[1] == 'w'; }
  bool HasAccess() const { return permissions.size() != 4 || permissions.compare(0, 3, "---") != 0; }
  // Private memory without a file, and without a name but what a program gave it ("[anon:...]").
  bool IsPlain() const;
};

// In order of address, kinds already told apart by ClassifyMappings. Errors as Proc's; kDataLoss: a line that
// is not smaps', more than a million mappings.
absl::StatusOr<std::vector<Mapping>> ReadMappings(int pid, const std::string& root = "/proc");

// Of one mapping, "7f84-7f85 rw-p 00000000 00:00 0  name"; false for other lines.
bool ParseMappingLine(std::string_view line, Mapping* mapping);

// By name, size and neighbours; all but kChunk.
void ClassifyMappings(std::vector<Mapping>& mappings);

// Chunks of a process that runs memgov's arena engine: they begin on a multiple of 1 GiB, without a file,
// with the 2 MiB of their page map readable and writable (docs/arena.md). Other memory can look the same, so
// only for processes that are known to.
void MarkChunks(std::vector<Mapping>& mappings);

// The mappings that hold these addresses (threads' stack pointers) are stacks, unless they are known to be
// something else.
void MarkStacks(std::vector<Mapping>& mappings, const std::vector<uint64_t>& addresses);

// The one that holds the address, by halving; nullptr: none.
const Mapping* FindMapping(const std::vector<Mapping>& mappings, uint64_t address);

}  // namespace memgov::cli

#endif  // MEMGOV_GOVERNOR_CLI_PROC_MAPPINGS_H_
