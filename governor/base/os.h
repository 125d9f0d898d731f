// The seam to the operating system: every call that memgov makes of its own and that may fail goes through
// here, so that tests can make the nth one fail (MEMGOV_FAIL=mmap@3, or mmap@3+ for the third and all that
// follow).
//
// Safety: any thread; nothing allocates; errno is untouched. Integer results are the kernel's: -errno on
// failure.
#ifndef MEMGOV_GOVERNOR_BASE_OS_H_
#define MEMGOV_GOVERNOR_BASE_OS_H_

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

namespace memgov::os {

enum class Call : uint8_t { kMmap, kMprotect, kMadvise, kMembarrier, kPthreadCreate, kOpen, kRead, kCount };

// The name by which MEMGOV_FAIL knows a call; nullptr beyond the last.
const char* CallName(Call call);

// From now on the nth call (1 = the next) fails with ENOMEM, EPERM, EAGAIN or EIO, whatever fits; with
// `onward` every later one too. n = 0 heals. Cost where nothing is to fail: one relaxed load.
void FailNth(Call call, uint32_t nth, bool onward);

// Parses "mmap@3" or "mmap@3+" and arms it. False when the text is neither.
bool ArmFault(const char* text);

// Counts one call down. True when this one has to fail.
bool FaultFires(Call call);

// Anonymous, private, readable and writable memory; nullptr when refused.
void* MapAnonymous(size_t bytes);

// Address space without memory: PROT_NONE, no commit charge. At `hint` and nowhere else when that is not
// nullptr. nullptr when refused.
void* Reserve(void* hint, size_t bytes);
// Makes reserved pages readable and writable: 0, or -errno.
int Commit(void* at, size_t bytes);
// Their memory goes back to the kernel, their content becomes zero: 0, or -errno (EINVAL: locked pages).
int Discard(void* at, size_t bytes);
// The same, and the commit charge goes back as well; they are as Reserve made them. 0, or -errno.
int Decommit(void* at, size_t bytes);
// Asks for small pages, or for huge ones where they fit. Refusal is of no interest.
void AdviseHugePages(void* at, size_t bytes, bool huge);
void Unmap(void* at, size_t bytes);
// RLIMIT_AS in bytes; UINT64_MAX without one.
uint64_t AddressSpaceLimit();
// Longer or shorter without moving: 0, or -errno.
int ResizeMapping(void* at, size_t old_bytes, size_t new_bytes);

int OpenReadOnly(const char* path);
long Read(int descriptor, void* buffer, size_t bytes);
void Close(int descriptor);

enum class Barrier : uint8_t { kRegister, kRun, kRegisterRestart, kRestart };
// membarrier(PRIVATE_EXPEDITED): after kRun every other thread of this process has executed a full fence
// between its last instruction before and its first after. After kRestart (PRIVATE_EXPEDITED_RSEQ,
// Linux 5.10) every restartable sequence that another thread was in has been restarted, too. 0, or -errno
// (ENOSYS before 4.14, EPERM under seccomp).
int Membarrier(Barrier operation);

pid_t ProcessId();
pid_t ThreadId();
// Does this thread of our process still exist?
bool ThreadExists(pid_t thread);

// Sleeps while *word == expected, for at most timeout_ns (negative: without end). Spurious returns happen.
void FutexWait(const uint32_t* word, uint32_t expected, int64_t timeout_ns);
void FutexWake(const uint32_t* word, int threads);

// CLOCK_MONOTONIC by system call, about 100 ns: the C library's own may be a sanitizer's, which is not ready
// yet.
uint64_t NowNanoseconds();

// CLOCK_REALTIME: since 1970, UTC.
uint64_t WallClockNanoseconds();
uint64_t WallClockSeconds();

// What this thread has used of a processor.
uint64_t ThreadCpuNanoseconds();

void SleepNanoseconds(uint64_t duration);

}  // namespace memgov::os

#endif  // MEMGOV_GOVERNOR_BASE_OS_H_
