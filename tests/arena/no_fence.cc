// Proof that owner_table would see what a lost fence does: linked with that program, this stands in for the
// seam's membarrier (the linker's --wrap), grants everything, and orders nothing.
#include "governor/base/os.h"

extern "C" int MembarrierWithoutEffect(memgov::os::Barrier) __asm__(
    "__wrap__ZN6memgov2os10MembarrierENS0_7BarrierE");

int MembarrierWithoutEffect(memgov::os::Barrier) { return 0; }
