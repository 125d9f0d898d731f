// A callback that ends itself: that call is the last, and the others go on. One that it registers runs, too.
#include <atomic>

#include "lifecycle/pressure.h"

static std::atomic<int> own_id, own_calls, others, born;
static std::atomic<bool> ended;

static void Born(const memgov_pressure_t*, void*) { ++born; }

static void Once(const memgov_pressure_t*, void*) {
  ++own_calls;
  ended = memgov_off_pressure(own_id) == 0 && memgov_off_pressure(own_id) == -1 &&
          memgov_on_pressure(Born, nullptr) > 0;
}

static void Other(const memgov_pressure_t*, void*) { ++others; }

int main() {
  Watchdog(120);
  own_id = memgov_on_pressure(Once, nullptr);
  CHECK(own_id > 0 && memgov_on_pressure(Other, nullptr) > 0);
  RaiseToSoft();
  CHECK(WaitFor([] { return others >= 3 && born >= 1; }));
  CHECK(ended);
  CHECK_EQ(own_calls, 1);
}
