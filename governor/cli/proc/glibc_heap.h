// What glibc's malloc holds and what of it the program uses, counted in another process's memory.
//
// The chunks of each heap are walked from its begin to its end, as glibc lays them out (malloc/malloc.c), and
// the threads' caches and fast bins, which look used, are counted by themselves. The process runs on
// meanwhile, so figures are those of a moment that lasts as long as the walk: about a second per GiB of small
// blocks. Nothing that is read is believed: a heap whose chunks do not lead to its end is left out from
// where they break off.
#ifndef MEMGOV_GOVERNOR_CLI_PROC_GLIBC_HEAP_H_
#define MEMGOV_GOVERNOR_CLI_PROC_GLIBC_HEAP_H_

#include <cstdint>
#include <functional>
#include <vector>

#include "absl/status/statusor.h"
#include "governor/cli/proc/mappings.h"

namespace memgov::cli {

struct GlibcHeap {
  uint64_t arenas = 0;          // the main one included
  uint64_t resident_bytes = 0;  // of all heaps, what could not be walked included
  uint64_t walked_bytes = 0;    // resident, of the heaps' parts that were walked
  // Sizes of blocks as glibc rounds them, with their headers; all within what was walked.
  uint64_t used_bytes = 0;      // handed out to the program; what of it was ever touched
  uint64_t cached_bytes = 0;    // free, in threads' caches (tcache)
  uint64_t fast_bin_bytes = 0;  // free, in fast bins
  uint64_t free_bytes = 0;      // free, in the other bins
  uint64_t top_bytes = 0;       // free, at the end of arenas
  bool has_main = false;        // the main arena was found
  bool has_other = false;       // heaps beside it were found, and recognised
  bool complete = false;        // all was walked to its end
};

// kPermissionDenied: not to be traced; kNotFound: no heap of glibc's, or one of a layout that is not known.
// `progress` is called with the part that is done, in [0, 1].
absl::StatusOr<GlibcHeap> WalkGlibcHeap(int pid, const std::vector<Mapping>& mappings,
                                        const std::function<void(double)>& progress,
                                        const std::string& root = "/proc");

}  // namespace memgov::cli

#endif  // MEMGOV_GOVERNOR_CLI_PROC_GLIBC_HEAP_H_
