// What happens to a free of something that is no block: one line that names the pointer and what it is, then
// abort, or with MEMGOV_ON_BAD_FREE=count the line (the first ten times) and a count.
//
// Safety: any thread, from within free; no allocation. A drain that finds a block twice has the release lock
// and the slots' meanwhile: a SIGABRT handler that releases memory gets nothing then.
#ifndef MEMGOV_SHIM_ARENA_BAD_FREE_H_
#define MEMGOV_SHIM_ARENA_BAD_FREE_H_

#include <stdint.h>

namespace memgov::arena {

enum class BadFree : uint8_t { kDouble, kInterior, kNoBlock };

void ReportBadFree(const void* block, BadFree what);

// Does nothing else than find out what it is, and report it. Not for addresses outside our chunks.
void ExplainBadFree(const void* block);

uint64_t BadFrees();

}  // namespace memgov::arena

#endif  // MEMGOV_SHIM_ARENA_BAD_FREE_H_
