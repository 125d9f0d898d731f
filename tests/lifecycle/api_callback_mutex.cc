// A callback waits for the mutex that an allocating thread holds; that thread allocates on all the same.
#include <pthread.h>

#include <atomic>

#include "lifecycle/pressure.h"

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static std::atomic<bool> begun, done;

static void Lock(const memgov_pressure_t*, void*) {
  begun = true;
  pthread_mutex_lock(&mutex);
  pthread_mutex_unlock(&mutex);
  done = true;
}

int main() {
  Watchdog(120);
  CHECK(memgov_on_pressure(Lock, nullptr) > 0);
  pthread_mutex_lock(&mutex);
  RaiseToSoft();
  CHECK(WaitFor([] { return begun.load(); }));
  // Slow paths, too, and a hard budget at which allocations wait for an emergency release.
  CHECK_EQ(memgov_budget_set(kMega, 2 * kMega), 0);
  for (int i = 0; i < 2000; ++i) {
    void* block = Escape(malloc(1 + Opaque(i * 997 % 2000000)));
    if (block) memset(block, 1, 1);
    free(block);
  }
  CHECK(!done);
  Lower();
  pthread_mutex_unlock(&mutex);
  CHECK(WaitFor([] { return done.load(); }));
}
