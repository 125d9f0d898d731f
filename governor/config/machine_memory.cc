#include "governor/config/machine_memory.h"

#include <sys/sysinfo.h>

#include "governor/base/raw_syscall.h"

namespace memgov {

uint64_t MachineMemory() {
  struct sysinfo info {};
  if (CallKernel(SYS_sysinfo, &info) != 0) return 0;
  return uint64_t{info.totalram} * info.mem_unit;
}

}  // namespace memgov
