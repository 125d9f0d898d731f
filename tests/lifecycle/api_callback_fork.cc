// A fork child has its parent's callbacks, on a thread of its own; what it does there is not the parent's.
#include <sys/wait.h>

#include <atomic>

#include "lifecycle/pressure.h"

static std::atomic<int> calls;
static std::atomic<pid_t> caller;

static void Count(const memgov_pressure_t*, void*) {
  caller = getpid();
  ++calls;
}

static void CheckRuns() {
  RaiseToSoft();
  CHECK(WaitFor([] { return calls >= 1; }));
  CHECK_EQ(caller, getpid());
}

int main() {
  Watchdog(180);
  const int id = memgov_on_pressure(Count, nullptr);
  CHECK(id > 0);
  HoldBallast();
  const pid_t child = fork();
  CHECK(child >= 0);
  if (child == 0) {
    Watchdog(120);
    CheckRuns();
    CHECK_EQ(memgov_off_pressure(id), 0);
    _exit(0);
  }
  int status = -1;
  CHECK_EQ(waitpid(child, &status, 0), child);
  CHECK_EQ(status, 0);
  CHECK_EQ(calls, 0);
  CheckRuns();
}
