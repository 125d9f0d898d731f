// A system call without the C library: the result or -errno, and errno itself untouched.
//
// Safety: any thread, signal handlers and vfork children included; never allocates, is no cancellation point,
// and cannot be diverted by another preload that wraps open, read or mmap.
#ifndef MEMGOV_GOVERNOR_BASE_RAW_SYSCALL_H_
#define MEMGOV_GOVERNOR_BASE_RAW_SYSCALL_H_

#include <sys/syscall.h>

#include <type_traits>

namespace memgov {

#if defined(__x86_64__)
inline long RawSyscall(long number, long a = 0, long b = 0, long c = 0, long d = 0, long e = 0, long f = 0) {
  long result;
  register long r10 __asm__("r10") = d;
  register long r8 __asm__("r8") = e;
  register long r9 __asm__("r9") = f;
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                   : "rcx", "r11", "memory");
  return result;
}
#elif defined(__aarch64__)
inline long RawSyscall(long number, long a = 0, long b = 0, long c = 0, long d = 0, long e = 0, long f = 0) {
  register long x8 __asm__("x8") = number;
  register long x0 __asm__("x0") = a;
  register long x1 __asm__("x1") = b;
  register long x2 __asm__("x2") = c;
  register long x3 __asm__("x3") = d;
  register long x4 __asm__("x4") = e;
  register long x5 __asm__("x5") = f;
  __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5) : "memory");
  return x0;
}
#else
#error "memgov: no system call sequence for this processor; x86-64 and aarch64 have one"
#endif

// The same for pointers and integers alike.
template <typename T>
inline long SyscallArgument([[maybe_unused]] T value) {
  if constexpr (std::is_null_pointer_v<T>) {
    return 0;
  } else if constexpr (std::is_pointer_v<T>) {
    return reinterpret_cast<long>(value);
  } else {
    return static_cast<long>(value);
  }
}

template <typename... Args>
inline long CallKernel(long number, Args... args) {
  return RawSyscall(number, SyscallArgument(args)...);
}

}  // namespace memgov

#endif  // MEMGOV_GOVERNOR_BASE_RAW_SYSCALL_H_
