// The memory that mimalloc 3.6 works in: areas that we reserve and hand to it (mi_manage_memory), so that it
// takes none by itself. It tells us which slices of 64 KiB it takes and gives back; what is taken is counted
// exactly, asks the gate, and is given back to the kernel when mimalloc says so. Huge pages are declined for
// these areas alone; mimalloc's own way is a prctl for the whole process and its children.
//
// The address space is readable and writable from the start and holds no memory until it is touched. Where
// the kernel charges it all the same (vm.overcommit_memory=2) or refuses it, mimalloc maps memory by itself.
//
// Safety: Start once, in the constructor; Grow inside the guard; figures any time. Groups are those of
// shim/arena/groups.h; what is not one pool's alone is the shared group's.
#ifndef MEMGOV_SHIM_MIMALLOC_OWN_MEMORY_H_
#define MEMGOV_SHIM_MIMALLOC_OWN_MEMORY_H_

#include <stdint.h>

namespace memgov::mimalloc::own_memory {

// Before the library allocates anything. False: mimalloc is on its own.
bool Start();

bool InUse();

// More address space when half of it is taken; `now`: in any case. False when there is none to be had, or
// nothing to do.
bool Grow(bool now);

// An area that only one group's heap works in (pool_heaps.h): mimalloc's name for it; nullptr where there is
// no address space. Inside the guard, one at a time.
void* AddExclusive(uint32_t group);

// Of all areas; of those of one group.
uint64_t CommittedBytes();
uint64_t CommittedBytes(uint32_t group);

}  // namespace memgov::mimalloc::own_memory

#endif  // MEMGOV_SHIM_MIMALLOC_OWN_MEMORY_H_
