// How many CPUs this process may use.
#ifndef MEMGOV_GOVERNOR_BASE_CPUS_H_
#define MEMGOV_GOVERNOR_BASE_CPUS_H_

#include <stddef.h>
#include <stdint.h>

namespace memgov {

// By affinity: one system call. At least 1.
int CpusByAffinity();

// By affinity and by the container's CPU quota, rounded up: reads the cgroup's cpu.max (v2) or
// cpu.cfs_quota_us (v1), as seen at the usual mount points. At least 1.
int CpusByAffinityAndQuota();

// Pure: "200000 100000" (v2) -> 2; "max 100000" and anything else -> 0, no limit.
int QuotaFromCpuMax(const char* text);
// Pure: v1's two files; quota -1 -> 0.
int QuotaFromCfs(const char* quota, const char* period);

}  // namespace memgov

#endif  // MEMGOV_GOVERNOR_BASE_CPUS_H_
