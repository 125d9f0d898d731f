// How much memory this machine has.
//
// Safety: any thread, no allocation.
#ifndef MEMGOV_GOVERNOR_CONFIG_MACHINE_MEMORY_H_
#define MEMGOV_GOVERNOR_CONFIG_MACHINE_MEMORY_H_

#include <stdint.h>

namespace memgov {

// By sysinfo(2), without swap; 0 where the call is refused. Containers see the host's.
uint64_t MachineMemory();

}  // namespace memgov

#endif  // MEMGOV_GOVERNOR_CONFIG_MACHINE_MEMORY_H_
