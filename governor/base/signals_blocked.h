// Threads of memgov's own take no signals of the host's.
#ifndef MEMGOV_GOVERNOR_BASE_SIGNALS_BLOCKED_H_
#define MEMGOV_GOVERNOR_BASE_SIGNALS_BLOCKED_H_

#include <signal.h>
#include <stdint.h>

#include "governor/base/raw_syscall.h"

namespace memgov {

// While it lives every signal is blocked but the two by which the C library makes threads change ids and
// cancels them: with those blocked, setgid() waits for ever (signal(7), "real-time signals used by NPTL"). A
// thread that is created meanwhile keeps the mask.
class SignalsBlocked {
 public:
  SignalsBlocked() {
    constexpr int kCancel = 32;
    constexpr int kSetId = 33;
    const uint64_t all = ~(uint64_t{1} << (kCancel - 1) | uint64_t{1} << (kSetId - 1));
    CallKernel(SYS_rt_sigprocmask, SIG_BLOCK, &all, &before_, sizeof before_);
  }
  ~SignalsBlocked() { CallKernel(SYS_rt_sigprocmask, SIG_SETMASK, &before_, nullptr, sizeof before_); }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;

 private:
  uint64_t before_ = 0;
};

}  // namespace memgov

#endif  // MEMGOV_GOVERNOR_BASE_SIGNALS_BLOCKED_H_
