// Blocks that are not ours: from before memgov, from a library that was bound past it, or from nobody. They
// go to the next allocator in line, which is the one they would have gone to without memgov.
//
// Safety: any thread, no allocation of ours; the first call looks the functions up.
#ifndef MEMGOV_SHIM_ARENA_FOREIGN_H_
#define MEMGOV_SHIM_ARENA_FOREIGN_H_

#include <stddef.h>
#include <stdint.h>

namespace memgov::arena::foreign {

void Free(void* block);
void* Resize(void* block, size_t size);
size_t UsableSize(const void* block);

// How many frees of them there were.
uint64_t Frees();

}  // namespace memgov::arena::foreign

#endif  // MEMGOV_SHIM_ARENA_FOREIGN_H_
