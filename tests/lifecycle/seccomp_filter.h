// seccomp_filter.h: from now on some system calls of this process fail with a given error.
//
// Safety: cannot be taken back and is inherited: for children. The filter looks at the call's number only.
// Assumptions: one architecture per process; seccomp filters compiled into the kernel.
#ifndef MEMGOV_TESTS_LIFECYCLE_SECCOMP_FILTER_H_
#define MEMGOV_TESTS_LIFECYCLE_SECCOMP_FILTER_H_

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>

#include "preload_check.h"

// False where the kernel does not let us. All threads that exist get the filter too.
inline bool RefuseCalls(unsigned first, unsigned second, int error) {
  const unsigned refuse = SECCOMP_RET_ERRNO | static_cast<unsigned>(error);
  sock_filter filter[] = {
      {BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof(seccomp_data, nr)},
      {BPF_JMP | BPF_JEQ | BPF_K, 2, 0, first},
      {BPF_JMP | BPF_JEQ | BPF_K, 1, 0, second},
      {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW},
      {BPF_RET | BPF_K, 0, 0, refuse},
  };
  const sock_fprog program = {sizeof filter / sizeof filter[0], filter};
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return false;
  return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

#endif  // MEMGOV_TESTS_LIFECYCLE_SECCOMP_FILTER_H_
