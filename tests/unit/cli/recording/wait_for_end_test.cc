#include "governor/cli/recording/wait_for_end.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "governor/cli/recording/sampler.h"

namespace memgov::cli {
namespace {

constexpr int64_t kLongNs = 50'000'000'000;  // ends a test that hangs

class Child {
 public:
  Child() : pid_(fork()) {
    if (pid_ != 0) return;
    for (;;) pause();
  }
  ~Child() {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  int pid() const { return pid_; }

 private:
  pid_t pid_;
};

TEST(EndWaiter, WaitsForTheTime) {
  const Child child;
  EndWaiter waiter(child.pid());
  const int64_t until = MonotonicNs() + 20'000'000;
  EXPECT_EQ(waiter.WaitUntil(until), Woken::kTime);
  EXPECT_GE(MonotonicNs(), until);
}

TEST(EndWaiter, SeesTheEnd) {
  const Child child;
  EndWaiter waiter(child.pid());
  kill(child.pid(), SIGKILL);
  EXPECT_EQ(waiter.WaitUntil(MonotonicNs() + kLongNs), Woken::kProcessEnded);
}

TEST(EndWaiter, SignalsWakeItAndEndNothing) {
  const Child child;
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    EndWaiter waiter(child.pid());
    kill(getpid(), signal);
    EXPECT_EQ(waiter.WaitUntil(MonotonicNs() + kLongNs), Woken::kInterrupted);
  }
}

}  // namespace
}  // namespace memgov::cli
