// The governor's thread blocks every signal a host may send, but neither of the two that glibc keeps for
// itself (32: cancellation, 33: setuid in all threads).
#include <stdio.h>

#include "lifecycle/tasks.h"

int main() {
  Watchdog(50);
  RunOneThread();
  const int governor = WaitForGovernor();
  CHECK(governor != 0);
  char path[64], text[8192];
  snprintf(path, sizeof path, "/proc/self/task/%d/status", governor);
  CHECK(ReadWholeFile(path, text, sizeof text) > 0);
  const char* at = strstr(text, "SigBlk:");
  CHECK(at != nullptr);
  const uint64_t blocked = strtoull(at + strlen("SigBlk:"), nullptr, 16);
  for (int number = 1; number <= 64; ++number) {
    const bool is_blocked = blocked >> (number - 1) & 1;
    const bool exempt = number == SIGKILL || number == SIGSTOP || number == 32 || number == 33;
    CHECK_EQ(is_blocked, !exempt);
  }
}
