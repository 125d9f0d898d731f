// A host closes all descriptors it does not know, again and again, and opens a thousand sockets: no
// descriptor of the allocator's is among them, and none of the host's is touched.
#include <sys/resource.h>
#include <sys/socket.h>

#include "lifecycle/busy_threads.h"

namespace {
constexpr int kPairs = 500;

void CheckSockets() {
  static int pairs[kPairs][2];
  for (auto& pair : pairs) {
    CHECK_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    CHECK(pair[0] < 3 + 2 * kPairs && pair[1] < 3 + 2 * kPairs);
  }
  for (int round = 0; round < 3; ++round) {
    for (auto& pair : pairs) CHECK_EQ(write(pair[0], "x", 1), 1);
    usleep(20000);
    for (auto& pair : pairs) {
      char mark;
      CHECK_EQ(read(pair[1], &mark, 1), 1);
    }
  }
}
}  // namespace

int main() {
  Watchdog(50);
  rlimit limit;
  CHECK_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
  if (limit.rlim_max < 1100) Skip("fewer than 1,100 descriptors are allowed");
  limit.rlim_cur = limit.rlim_max;
  CHECK_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
  BusyThreads threads(4);
  while (threads.Rounds() < 20000) usleep(100);
  for (int round = 0; round < 10; ++round) {
    for (int descriptor = 3; descriptor < 3 + 2 * kPairs + 50; ++descriptor) close(descriptor);
    CheckSockets();
  }
}
