#include "governor/cli/recording/wait_for_end.h"

#include <poll.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>

#include "governor/cli/recording/sampler.h"

namespace memgov::cli {

EndWaiter::EndWaiter(int pid) {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&set, signal);
  sigprocmask(SIG_BLOCK, &set, &before_);
  signals_ = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
  process_ = static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
}

EndWaiter::~EndWaiter() {
  // Taken out first: it has been answered, and must not end this process when it is let through again.
  signalfd_siginfo taken;
  while (read(signals_, &taken, sizeof taken) > 0) {
  }
  close(signals_);
  if (process_ >= 0) close(process_);
  sigprocmask(SIG_SETMASK, &before_, nullptr);
}

Woken EndWaiter::WaitUntil(int64_t monotonic_ns) {
  for (;;) {
    pollfd watched[] = {{signals_, POLLIN, 0}, {process_, POLLIN, 0}};  // a descriptor of -1 is ignored
    const int64_t left_ns = std::max<int64_t>(monotonic_ns - MonotonicNs(), 0);
    const timespec left = {left_ns / 1'000'000'000, left_ns % 1'000'000'000};
    const int ready = ppoll(watched, 2, &left, nullptr);
    if (ready < 0) continue;
    if (watched[0].revents != 0) return Woken::kInterrupted;
    if (watched[1].revents != 0) return Woken::kProcessEnded;
    if (left_ns == 0) return Woken::kTime;
  }
}

}  // namespace memgov::cli
