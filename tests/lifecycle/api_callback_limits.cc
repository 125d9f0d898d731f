// Sixteen callbacks, and no more; ids that are none.
#include "lifecycle/pressure.h"

static void Nothing(const memgov_pressure_t*, void*) {}

int main() {
  Watchdog(60);
  errno = EXDEV;
  CHECK_EQ(memgov_on_pressure(nullptr, nullptr), 0);
  for (int id : {0, -1, 1, 4711}) CHECK_EQ(memgov_off_pressure(id), -1);
  int ids[16];
  for (int& id : ids) {
    id = memgov_on_pressure(Nothing, nullptr);
    CHECK(id > 0);
  }
  CHECK_EQ(memgov_on_pressure(Nothing, nullptr), 0);
  CHECK_EQ(memgov_off_pressure(ids[7]), 0);
  const int again = memgov_on_pressure(Nothing, nullptr);
  CHECK(again > 0);
  for (int id : ids) CHECK(id != again);  // ids are not used twice
  CHECK_EQ(memgov_on_pressure(Nothing, nullptr), 0);
  CHECK_EQ(errno, EXDEV);
}
