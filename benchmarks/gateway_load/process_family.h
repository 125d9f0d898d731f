// A process and its descendants, and what they use together.
//
// Safety: pure readers of /proc; a process that is gone counts as nothing.
// Assumptions: children are those that main threads forked (what a master process does). Pages that processes
// share are counted for each. /proc/PID/statm (VmRSS in pages) costs microseconds, where smaps_rollup walks
// every page table; the kernel keeps it in per-CPU or per-thread parts and may lag by some 64 pages for each.
#ifndef BENCHMARKS_GATEWAY_LOAD_PROCESS_FAMILY_H_
#define BENCHMARKS_GATEWAY_LOAD_PROCESS_FAMILY_H_

#include <sys/types.h>

#include <vector>

namespace gateway_load {

// The process itself comes first.
std::vector<pid_t> FamilyOf(pid_t pid);

double ResidentBytes(const std::vector<pid_t>& family);

// User and system time so far, all threads.
double CpuSeconds(const std::vector<pid_t>& family);

}  // namespace gateway_load

#endif  // BENCHMARKS_GATEWAY_LOAD_PROCESS_FAMILY_H_
