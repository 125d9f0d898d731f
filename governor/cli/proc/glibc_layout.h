// Finds the arenas of glibc's malloc in another process, by what its memory holds: nothing in the C library
// names them. Layouts are those of malloc/malloc.c and malloc/arena.c, glibc 2.27 to 2.41, on 64-bit; what
// does not look exactly like that is not recognised.
#ifndef MEMGOV_GOVERNOR_CLI_PROC_GLIBC_LAYOUT_H_
#define MEMGOV_GOVERNOR_CLI_PROC_GLIBC_LAYOUT_H_

#include <array>
#include <cstdint>
#include <vector>

#include "governor/cli/proc/mappings.h"
#include "governor/cli/proc/process_memory.h"

namespace memgov::cli::glibc {

constexpr uint64_t kHeapBytes = uint64_t{64} << 20;  // HEAP_MAX_SIZE
constexpr int kFastBins = 10;
constexpr int kBins = 127;

// struct malloc_state.
struct State {
  int32_t mutex;
  int32_t flags;
  int32_t have_fastchunks;
  int32_t padding;
  uint64_t fast_bins[kFastBins];
  uint64_t top;
  uint64_t last_remainder;
  uint64_t bins[2 * kBins];  // NBINS * 2 - 2
  uint32_t binmap[4];
  uint64_t next;
  uint64_t next_free;
  uint64_t attached_threads;
  uint64_t system_mem;
  uint64_t max_system_mem;
};
static_assert(sizeof(State) == 2200);

// A contiguous run of chunks: a heap of 64 MiB, or what the main arena has from sbrk.
struct Run {
  uint64_t arena = 0;  // address of its State
  uint64_t first_chunk = 0;
  uint64_t begin = 0;
  uint64_t end = 0;  // of what is in use: beyond it is nothing
};

struct Arena {
  uint64_t address = 0;
  State state = {};
};

struct Layout {
  std::vector<Arena> arenas;  // the main one among them where it was found
  std::vector<Run> runs;
  bool has_main = false;
};

// Empty where nothing is recognised.
Layout FindArenas(ProcessMemory& memory, const std::vector<Mapping>& mappings);

}  // namespace memgov::cli::glibc

#endif  // MEMGOV_GOVERNOR_CLI_PROC_GLIBC_LAYOUT_H_
