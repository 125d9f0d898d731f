// While a callback blocks, threads allocate and the governor ticks; who ends it waits for its end.
#include <pthread.h>
#include <semaphore.h>

#include <atomic>

#include "lifecycle/pressure.h"

static sem_t begun, go_on;
static std::atomic<bool> finished, ending;

static void Block(const memgov_pressure_t* event, void*) {
  if (event->rung != MEMGOV_SOFT || finished) return;
  sem_post(&begun);
  while (sem_wait(&go_on) != 0) {
  }
  usleep(50000);  // an end that does not wait would be seen
  finished = true;
}

static void* End(void* id) {
  ending = true;
  CHECK_EQ(memgov_off_pressure(*static_cast<int*>(id)), 0);
  CHECK(finished);
  return nullptr;
}

int main() {
  Watchdog(120);
  sem_init(&begun, 0, 0);
  sem_init(&go_on, 0, 0);
  int id = memgov_on_pressure(Block, nullptr);
  CHECK(id > 0);
  RaiseToSoft();
  while (sem_wait(&begun) != 0) {
  }
  CHECK(Counters().callback_running_ns > 0);
  Lower();
  CHECK(WaitFor([] { return Budget().rung == MEMGOV_NORMAL; }));  // a tick
  for (int i = 0; i < 100000; ++i) free(Escape(malloc(1 + Opaque(i % 40000))));
  pthread_t thread;
  CHECK_EQ(pthread_create(&thread, nullptr, End, &id), 0);
  CHECK(WaitFor([] { return ending.load(); }));
  CHECK(!finished);
  sem_post(&go_on);
  CHECK_EQ(pthread_join(thread, nullptr), 0);
  CHECK_EQ(Counters().callback_running_ns, 0);
  CHECK(Counters().callback_longest_ns >= 50000000);
}
