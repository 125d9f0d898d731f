// pthread_create that cannot be done returns an error, leaves no thread and no memory behind, and the next
// one works.
#include <malloc.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/resource.h>

#include <atomic>

#include "preload_check.h"

namespace {
std::atomic<int> started;

void* Work(void*) {
  started.fetch_add(1);
  free(malloc(1000));
  return nullptr;
}

void Works() {
  pthread_t thread;
  CHECK_EQ(pthread_create(&thread, nullptr, Work, nullptr), 0);
  CHECK_EQ(pthread_join(thread, nullptr), 0);
}
}  // namespace

int main() {
  Watchdog(50);
  Works();
  pthread_attr_t absurd;
  pthread_attr_init(&absurd);
  CHECK_EQ(pthread_attr_setstacksize(&absurd, size_t{1} << 46), 0);
  const size_t before = ResidentBytes();
  for (int i = 0; i < 50000; ++i) {
    pthread_t thread;
    const int error = pthread_create(&thread, &absurd, Work, nullptr);
    CHECK(error == EAGAIN || error == ENOMEM);
  }
  CHECK_EQ(started, 1);
  CHECK(ResidentBytes() < before + (1 << 20));

  // Root is not bound by this limit: then the call simply works.
  const rlimit none = {0, 0};
  CHECK_EQ(setrlimit(RLIMIT_NPROC, &none), 0);
  pthread_t thread;
  const int error = pthread_create(&thread, nullptr, Work, nullptr);
  CHECK(error == 0 || error == EAGAIN);
  if (error == 0) CHECK_EQ(pthread_join(thread, nullptr), 0);
  free(malloc(100000));
}
