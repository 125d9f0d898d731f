// libmimalloc, found when the process starts. Nothing of it is linked: an object that needed it by name could
// not be preloaded where it is absent, and would be bound to one of its versions.
//
// The declarations are those of mimalloc.h in 2.0.9 and 3.6.0 (tests/unit/mimalloc compares them), with its
// own types as void. Other versions are not used: what the engine does with the heaps of other threads goes
// beyond the documented interface in 2.0.9, and rests on functions that are new in 3.6.
//
// Safety: Load once, in the constructor. Any thread may call a function when it has seen Family() say that
// there is one, or the engine's limit, which is stored later.
#ifndef MEMGOV_SHIM_MIMALLOC_LIBRARY_H_
#define MEMGOV_SHIM_MIMALLOC_LIBRARY_H_

#include <stddef.h>
#include <stdint.h>

#include <atomic>

namespace memgov::mimalloc {

// A bit each: which of them has a function.
enum class Family : uint8_t { kNone = 0, k20 = 1, k36 = 2 };
constexpr uint8_t kEvery = 3;

constexpr int kVersion20 = 209;
constexpr int kFirst36 = 30600;
constexpr int kLast36 = 30699;

using CommitFunction = bool(bool commit, void* start, size_t size, bool* is_zero, void* argument);

// X(families, result, name after mi_, parameters)
#define MEMGOV_MIMALLOC_FUNCTIONS(X)                                                                     \
  X(kEvery, void*, malloc, (size_t size))                                                                \
  X(kEvery, void*, zalloc, (size_t size))                                                                \
  X(kEvery, void*, malloc_aligned, (size_t size, size_t alignment))                                      \
  X(kEvery, void*, zalloc_aligned, (size_t size, size_t alignment))                                      \
  X(kEvery, void*, realloc, (void* block, size_t size))                                                  \
  X(kEvery, void, free, (void* block))                                                                   \
  X(kEvery, size_t, usable_size, (const void* block))                                                    \
  X(kEvery, void, collect, (bool force))                                                                 \
  X(kEvery, long, option_get, (int option))                                                              \
  X(kEvery, void, option_set, (int option, long value))                                                  \
  X(kEvery, void, option_set_default, (int option, long value))                                          \
  X(kEvery, void, process_info,                                                                          \
    (size_t * elapsed, size_t * user, size_t * system, size_t * rss, size_t * peak_rss, size_t * commit, \
     size_t * peak_commit, size_t * faults))                                                             \
  X(k20, void, heap_collect, (void* heap, bool force))                                                   \
  X(k20, void*, heap_get_backing, ())                                                                    \
  X(k36, bool, is_in_heap_region, (const void* address))                                                 \
  X(k36, void*, heap_new_in_arena, (void* arena))                                                        \
  X(k36, void*, heap_theap, (void* heap))                                                                \
  X(k36, void*, theap_get_default, ())                                                                   \
  X(k36, void*, theap_set_default, (void* theap))                                                        \
  X(k36, void, theap_quiescent_abandon, (void* theap))                                                   \
  X(k36, void, arenas_purge, ())                                                                         \
  X(k36, size_t, arena_min_alignment, ())                                                                \
  X(k36, bool, manage_memory,                                                                            \
    (void* start, size_t size, bool is_committed, bool is_pinned, bool is_zero, int numa_node,           \
     bool exclusive, CommitFunction* commit, void* argument, void** arena))

struct Functions {
#define MEMGOV_MIMALLOC_MEMBER(families, result, name, parameters) result(*name) parameters = nullptr;
  MEMGOV_MIMALLOC_FUNCTIONS(MEMGOV_MIMALLOC_MEMBER)
#undef MEMGOV_MIMALLOC_MEMBER
};

// mi_option_t: its numbers differ between the versions.
enum Option20 : int {
  k20LargeOsPages = 6,
  k20AbandonedPageDecommit = 12,
  k20DecommitDelay = 15,
  k20SegmentDecommitDelay = 23,
  k20DecommitExtendDelay = 24
};
enum Option36 : int {
  k36AllowLargeOsPages = 6,
  k36DisallowOsAlloc = 17,
  k36PageCommitOnDemand = 40,
  k36ArenaPurgeMinSize = 44
};

// Invariant: written by Load before `family` is, and never again. Release on the store; who reads `family`
// with acquire, or anything that was stored after it, may call what that family has.
extern constinit Functions functions;
extern constinit std::atomic<Family> family;

// Written by Load. True when the mimalloc that serves is part of an object that is more than that: a program
// that contains one calls it by its own names.
extern constinit bool is_part_of_another;

inline Family LoadedFamily() { return family.load(std::memory_order_acquire); }

// Looks for it: one that the program brings, else MEMGOV_MIMALLOC (not in a set-user-ID process), else
// libmimalloc.so.3, else libmimalloc.so.2. False after one line that says what there was and what is known.
bool Load();

}  // namespace memgov::mimalloc

#endif  // MEMGOV_SHIM_MIMALLOC_LIBRARY_H_
