// Callbacks run in the order of registration, on a thread of memgov's, again while memory is wanted, and once
// more when it is over.
#include <sys/prctl.h>
#include <atomic>

#include "lifecycle/pressure.h"

static std::atomic<int> calls, seconds, normals;
static std::atomic<bool> order_kept{true}, named{true}, sound{true};
static int first_data, second_data;

static void First(const memgov_pressure_t* event, void* data) {
  char name[16] = {};
  prctl(PR_GET_NAME, name);
  if (strcmp(name, "memgov-call") != 0) named = false;
  if (data != &first_data || event->size != sizeof *event || event->pool != nullptr) sound = false;
  if (event->rung == MEMGOV_SOFT) {
    if (event->soft_bytes != kMega || event->charged_bytes <= kMega || event->want_bytes == 0) sound = false;
    ++calls;
  } else {
    if (event->rung != MEMGOV_NORMAL || event->want_bytes != 0) sound = false;
    ++normals;
  }
}

static void Second(const memgov_pressure_t*, void* data) {
  if (data != &second_data) sound = false;
  if (calls + normals != ++seconds) order_kept = false;
}

int main() {
  Watchdog(120);
  const int first = memgov_on_pressure(First, &first_data);
  const int second = memgov_on_pressure(Second, &second_data);
  CHECK(first > 0 && second > 0 && first != second);
  RaiseToSoft();
  CHECK(WaitFor([] { return calls >= 2; }));
  Lower();
  CHECK(WaitFor([] { return normals == 1; }));
  CHECK(WaitFor([] { return seconds == calls + normals; }));
  CHECK(order_kept && named && sound);
  CHECK(Counters().pressure_callbacks >= 6);
  CHECK_EQ(memgov_off_pressure(second), 0);
  CHECK_EQ(memgov_off_pressure(second), -1);
  const int before = seconds, calls_before = calls;
  RaiseToSoft();
  CHECK(WaitFor([=] { return calls > calls_before + 1; }));
  CHECK_EQ(seconds, before);
}
