#include "governor/base/cpus.h"

#include "governor/base/proc_self.h"
#include "governor/base/raw_syscall.h"
#include "governor/base/text.h"

namespace memgov {
namespace {

constexpr size_t kMaskBytes = 1024;  // 8192 CPUs

int RoundedUp(uint64_t quota, uint64_t period) {
  if (period == 0 || quota == 0) return 0;
  const uint64_t cpus = (quota + period - 1) / period;
  return cpus > 8192 ? 0 : static_cast<int>(cpus);
}

int ReadQuota() {
  char quota[64];
  char period[64];
  if (ReadSmallFile("/sys/fs/cgroup/cpu.max", quota, sizeof quota) > 0) return QuotaFromCpuMax(quota);
  if (ReadSmallFile("/sys/fs/cgroup/cpu/cpu.cfs_quota_us", quota, sizeof quota) <= 0) return 0;
  if (ReadSmallFile("/sys/fs/cgroup/cpu/cpu.cfs_period_us", period, sizeof period) <= 0) return 0;
  return QuotaFromCfs(quota, period);
}

}  // namespace

int QuotaFromCpuMax(const char* text) {
  uint64_t quota = 0;
  uint64_t period = 0;
  const char* rest = ParseDigits(text, &quota);
  if (rest == nullptr || *rest != ' ' || ParseDigits(rest + 1, &period) == nullptr) return 0;
  return RoundedUp(quota, period);
}

int QuotaFromCfs(const char* quota_text, const char* period_text) {
  uint64_t quota = 0;
  uint64_t period = 0;
  if (ParseDigits(quota_text, &quota) == nullptr || ParseDigits(period_text, &period) == nullptr) return 0;
  return RoundedUp(quota, period);
}

int CpusByAffinity() {
  alignas(8) unsigned char mask[kMaskBytes] = {};
  const long size = CallKernel(SYS_sched_getaffinity, 0, sizeof mask, mask);
  int cpus = 0;
  for (long index = 0; index < size; ++index) cpus += __builtin_popcount(mask[index]);
  return cpus > 0 ? cpus : 1;
}

int CpusByAffinityAndQuota() {
  const int cpus = CpusByAffinity();
  const int quota = ReadQuota();
  return quota > 0 && quota < cpus ? quota : cpus;
}

}  // namespace memgov
