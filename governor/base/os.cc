#include "governor/base/os.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <linux/membarrier.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <time.h>

#include <atomic>

#include "governor/base/raw_syscall.h"
#include "governor/base/text.h"

#if defined(__SANITIZE_THREAD__)
#include <sanitizer/tsan_interface.h>
#endif

namespace memgov::os {
namespace {

// The kernel orders what was done to addresses before they were unmapped before all that is done after they
// are mapped again. The thread sanitizer cannot see that through raw system calls: it is told.
#if defined(__SANITIZE_THREAD__)
constinit char address_space = 0;
void ToldUnmapping() { __tsan_release(&address_space); }
void ToldMapped() { __tsan_acquire(&address_space); }
#else
void ToldUnmapping() {}
void ToldMapped() {}
#endif

constexpr int kCalls = static_cast<int>(Call::kCount);
constexpr const char* kCallNames[kCalls] = {"mmap",           "mprotect", "madvise", "membarrier",
                                            "pthread_create", "open",     "read"};

struct Fault {
  std::atomic<uint32_t> remaining{0};  // 0: nothing is to fail. Counters only: relaxed suffices.
  std::atomic<bool> onward{false};
};
constinit Fault faults[kCalls];

bool IsError(long result) { return result < 0 && result > -4096; }

Fault& FaultOf(Call call) { return faults[static_cast<int>(call)]; }

}  // namespace

const char* CallName(Call call) { return call < Call::kCount ? kCallNames[static_cast<int>(call)] : nullptr; }

void FailNth(Call call, uint32_t nth, bool onward) {
  FaultOf(call).onward.store(onward, std::memory_order_relaxed);
  FaultOf(call).remaining.store(nth, std::memory_order_relaxed);
}

bool ArmFault(const char* text) {
  for (int index = 0; index < kCalls; ++index) {
    const char* rest = SkipPrefix(text, kCallNames[index]);
    if (rest == nullptr || *rest != '@') continue;
    uint64_t nth = 0;
    const char* end = ParseDigits(rest + 1, &nth);
    if (end == nullptr || nth == 0 || nth > UINT32_MAX) return false;
    const bool onward = *end == '+';
    if (end[onward ? 1 : 0] != '\0') return false;
    FailNth(static_cast<Call>(index), static_cast<uint32_t>(nth), onward);
    return true;
  }
  return false;
}

bool FaultFires(Call call) {
  Fault& fault = FaultOf(call);
  if (fault.remaining.load(std::memory_order_relaxed) == 0) [[likely]]
    return false;
  const uint32_t last = fault.onward.load(std::memory_order_relaxed) ? 1 : 0;  // where the count stays
  uint32_t left = fault.remaining.load(std::memory_order_relaxed);
  while (left > last) {
    if (fault.remaining.compare_exchange_weak(left, left - 1, std::memory_order_relaxed)) return left == 1;
  }
  return left == 1;
}

void* MapAnonymous(size_t bytes) {
  if (FaultFires(Call::kMmap)) return nullptr;
  const long at =
      CallKernel(SYS_mmap, nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ToldMapped();
  return IsError(at) ? nullptr : reinterpret_cast<void*>(at);
}

void* Reserve(void* hint, size_t bytes) {
  if (FaultFires(Call::kMmap)) return nullptr;
  const int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | (hint != nullptr ? MAP_FIXED_NOREPLACE : 0);
  const long at = CallKernel(SYS_mmap, hint, bytes, PROT_NONE, flags, -1, 0);
  if (IsError(at)) return nullptr;
  ToldMapped();
  void* address = reinterpret_cast<void*>(at);
  if (hint == nullptr || address == hint) return address;
  Unmap(address, bytes);  // before Linux 4.17 the flag is not known, and the address is a hint only
  return nullptr;
}

int Commit(void* at, size_t bytes) {
  if (FaultFires(Call::kMprotect)) return -ENOMEM;
  return static_cast<int>(CallKernel(SYS_mprotect, at, bytes, PROT_READ | PROT_WRITE));
}

int Discard(void* at, size_t bytes) {
  if (FaultFires(Call::kMadvise)) return -EINVAL;
  return static_cast<int>(CallKernel(SYS_madvise, at, bytes, MADV_DONTNEED));
}

int Decommit(void* at, size_t bytes) {
  if (FaultFires(Call::kMmap)) return -ENOMEM;
  const int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED;
  const long result = CallKernel(SYS_mmap, at, bytes, PROT_NONE, flags, -1, 0);
  return IsError(result) ? static_cast<int>(result) : 0;
}

void AdviseHugePages(void* at, size_t bytes, bool huge) {
  CallKernel(SYS_madvise, at, bytes, huge ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
}

void Unmap(void* at, size_t bytes) {
  ToldUnmapping();
  CallKernel(SYS_munmap, at, bytes);
}

uint64_t AddressSpaceLimit() {
  rlimit64 limit{};
  if (CallKernel(SYS_prlimit64, 0, RLIMIT_AS, nullptr, &limit) != 0) return UINT64_MAX;
  return limit.rlim_cur;  // RLIM64_INFINITY is the largest number
}

int ResizeMapping(void* at, size_t old_bytes, size_t new_bytes) {
  if (FaultFires(Call::kMmap)) return -ENOMEM;
  const long result = CallKernel(SYS_mremap, at, old_bytes, new_bytes, 0);
  return IsError(result) ? static_cast<int>(result) : 0;
}

int OpenReadOnly(const char* path) {
  if (FaultFires(Call::kOpen)) return -EMFILE;
  return static_cast<int>(CallKernel(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0));
}

long Read(int descriptor, void* buffer, size_t bytes) {
  if (FaultFires(Call::kRead)) return -EIO;
  return CallKernel(SYS_read, descriptor, buffer, bytes);
}

void Close(int descriptor) { CallKernel(SYS_close, descriptor); }

int Membarrier(Barrier operation) {
  if (FaultFires(Call::kMembarrier)) return -EPERM;
  constexpr int kCommands[] = {MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, MEMBARRIER_CMD_PRIVATE_EXPEDITED,
                               MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_RSEQ,
                               MEMBARRIER_CMD_PRIVATE_EXPEDITED_RSEQ};
  return static_cast<int>(CallKernel(SYS_membarrier, kCommands[static_cast<int>(operation)], 0, 0));
}

pid_t ProcessId() { return static_cast<pid_t>(CallKernel(SYS_getpid)); }
pid_t ThreadId() { return static_cast<pid_t>(CallKernel(SYS_gettid)); }

bool ThreadExists(pid_t thread) { return CallKernel(SYS_tgkill, ProcessId(), thread, 0) != -ESRCH; }

void FutexWait(const uint32_t* word, uint32_t expected, int64_t timeout_ns) {
  timespec timeout{};
  if (timeout_ns >= 0) {
    timeout.tv_sec = timeout_ns / 1000000000;
    timeout.tv_nsec = timeout_ns % 1000000000;
  }
  CallKernel(SYS_futex, word, FUTEX_WAIT_PRIVATE, expected, timeout_ns >= 0 ? &timeout : nullptr, 0, 0);
}

void FutexWake(const uint32_t* word, int threads) {
  CallKernel(SYS_futex, word, FUTEX_WAKE_PRIVATE, threads, 0, 0, 0);
}

namespace {

uint64_t ReadClock(clockid_t clock) {
  timespec now{};
  CallKernel(SYS_clock_gettime, clock, &now);
  return static_cast<uint64_t>(now.tv_sec) * 1000000000 + static_cast<uint64_t>(now.tv_nsec);
}

}  // namespace

uint64_t NowNanoseconds() { return ReadClock(CLOCK_MONOTONIC); }
uint64_t WallClockNanoseconds() { return ReadClock(CLOCK_REALTIME); }
uint64_t ThreadCpuNanoseconds() { return ReadClock(CLOCK_THREAD_CPUTIME_ID); }

uint64_t WallClockSeconds() { return WallClockNanoseconds() / 1000000000; }

void SleepNanoseconds(uint64_t duration) {
  timespec time{static_cast<time_t>(duration / 1000000000), static_cast<long>(duration % 1000000000)};
  CallKernel(SYS_nanosleep, &time, nullptr);
}

}  // namespace memgov::os
