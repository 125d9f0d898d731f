// What `memgov explain` knows of a process: read twice, some seconds apart, so that it can say what changes.
#ifndef MEMGOV_GOVERNOR_CLI_EXPLAIN_FACTS_H_
#define MEMGOV_GOVERNOR_CLI_EXPLAIN_FACTS_H_

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "governor/cli/proc/cgroup_memory.h"
#include "governor/cli/proc/glibc_heap.h"
#include "governor/cli/proc/mappings.h"
#include "governor/cli/proc/memory.h"
#include "governor/cli/proc/threads.h"
#include "governor/cli/target/segment.h"

namespace memgov::cli::explain {

// A size class of the arena engine, all its shards together.
struct SizeClass {
  uint64_t block_bytes = 0;
  uint64_t slabs = 0;
  uint64_t live_blocks = 0;
  uint64_t free_blocks = 0;
  uint64_t waste_bytes = 0;   // behind the last block of each slab
  uint64_t unused_bytes = 0;  // that, and the free blocks
};

// The small part of a process' state that is compared over time.
struct Look {
  absl::Duration time;  // by a clock that never jumps
  uint64_t resident_bytes = 0;
  uint64_t minor_faults = 0;
  uint64_t major_faults = 0;
  std::optional<uint64_t> live_bytes;       // of the heap, where that can be told
  std::map<MappingKind, uint64_t> by_kind;  // resident
};

struct Facts {
  int pid = 0;
  std::string command;  // any bytes
  std::map<std::string, std::string> environment;
  Proc::Brief brief;
  Proc::Status status;
  std::vector<Mapping> mappings;
  std::vector<ThreadPool> thread_pools;
  std::map<std::string, uint64_t>
      stack_bytes;  // resident, by pool of threads, where threads can be told apart
  std::optional<CgroupMemory> cgroup;

  bool preloaded = false;    // memgov is in it: one of its objects is mapped, or it has a segment
  std::string engine;        // "arena", "mimalloc", "system"; of the object's name where there are no figures
  bool preloadable = false;  // it has a shared glibc: neither static nor another C library's
  std::optional<Reading> figures;     // what the process itself says
  bool figures_are_fresh = false;     // it answered; else they are the governor's last ones
  std::string why_no_figures;         // or why they are the last ones
  std::string pool_rules;             // its MEMGOV_POOLS
  std::vector<SizeClass> classes;     // most unused first
  std::set<std::string> exact_pools;  // have shards, and books, of their own: held is no estimate

  std::string allocator;           // of a process that is not governed: "glibc", "jemalloc", ..., "unknown"
  std::optional<GlibcHeap> glibc;  // its heap was walked
  std::string why_not_walked;

  Look first;
  Look second;
};

// Reads `pid` twice, `watch` apart. `progress` is called with the part that is done and what it does. Errors
// as Proc's: gone, another user's, without memory.
using ShowProgress = std::function<void(double, std::string_view)>;
absl::StatusOr<Facts> GatherFacts(int pid, absl::Duration watch, const ShowProgress& progress);

// Sum of what mappings of that kind have in memory.
uint64_t ResidentOf(const std::vector<Mapping>& mappings, MappingKind kind);
uint64_t ResidentOf(const std::vector<Mapping>& mappings);

// Is a shared glibc among them?
bool HasSharedGlibc(const std::vector<Mapping>& mappings);
// Which allocator a process uses that memgov does not govern, by the libraries it has mapped.
std::string FindAllocator(const std::vector<Mapping>& mappings);
// An interpreter or program of CPython's.
bool IsPython(const Facts& facts);

// The answer to "classes" (docs/control.md); what is not understood is left out.
std::vector<SizeClass> ParseClasses(std::string_view json);
std::set<std::string> ParseExactPools(std::string_view json);

}  // namespace memgov::cli::explain

#endif  // MEMGOV_GOVERNOR_CLI_EXPLAIN_FACTS_H_
