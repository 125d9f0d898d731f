// RLIMIT_AS used up by 1 to 8 threads at once: NULL and ENOMEM, never a crash, and the heap works afterwards.
#include <pthread.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <atomic>

#include "preload_check.h"
#include "random.h"

namespace {
std::atomic<uint64_t> next_seed{1};
std::atomic<int> refused;

struct Link {
  Link* next;
};

void* Exhaust(void*) {
  Random random(next_seed++);
  Link* list = nullptr;
  for (;;) {
    const size_t size = random.Below(4) ? 100 + random.Below(9000) : 100000 + random.Below(2000000);
    errno = 0;
    Link* link = static_cast<Link*>(random.Below(2) ? malloc(size) : calloc(1, size));
    if (!link) break;
    memset(link, 1, size);
    link->next = list;
    list = link;
  }
  CHECK_EQ(errno, ENOMEM);
  refused.fetch_add(1);
  while (list) {
    Link* next = list->next;
    free(list);
    list = next;
  }
  return nullptr;
}

[[noreturn]] void Child(int threads) {
  Watchdog(25);
  pthread_t handles[8];
  const rlimit limit = {size_t{700} << 20, size_t{700} << 20};
  CHECK_EQ(setrlimit(RLIMIT_AS, &limit), 0);
  for (int i = 0; i < threads; ++i) CHECK_EQ(pthread_create(&handles[i], nullptr, Exhaust, nullptr), 0);
  for (int i = 0; i < threads; ++i) CHECK_EQ(pthread_join(handles[i], nullptr), 0);
  CHECK_EQ(refused, threads);
  for (int i = 0; i < 1000; ++i) {
    void* block = malloc(1000);
    CHECK(block != nullptr);
    free(block);
  }
  _exit(0);
}
}  // namespace

int main() {
  Watchdog(100);
  for (int threads = 1; threads <= 8; threads *= 2) {
    const pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) Child(threads);
    int status;
    CHECK_EQ(waitpid(child, &status, 0), child);
    CHECK_EQ(status, 0);
  }
}
