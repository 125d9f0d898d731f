// A callback may allocate, free and call the whole API.
#include <stdlib.h>

#include <atomic>
#include <memgov/memgov.hpp>

#include "lifecycle/pressure.h"

static std::atomic<int> calls;

static void CallAll(const memgov_pressure_t*, void*) {
  void* block = malloc(3 * kMega);
  CHECK(block != nullptr);
  memset(block, 1, 3 * kMega);
  block = realloc(block, 5 * kMega);
  free(block);
  CHECK(memgov_available() && memgov_version());
  CHECK(memgov::Stats().resident_bytes > 0 && !memgov::Pools().empty());
  const uint32_t token = memgov_pool_enter("callback");
  CHECK(token > 0);
  CHECK_EQ(memgov_pool_leave(token), 0);
  memgov_release(SIZE_MAX);
  CHECK(Budget().charged_bytes > 0);
  if (memgov_admit(1) == MEMGOV_ADMITTED) memgov_admit_done(1);
  CHECK_EQ(memgov_pool_budget_set("callback", 100 * kMega), 0);
  CHECK_EQ(memgov_pool_budget("callback"), 100 * kMega);
  memgov_recycle_t recycle = {};
  recycle.size = sizeof recycle;
  CHECK_EQ(memgov_recycle(&recycle), 0);
  char text[256];
  for (int kind : {MEMGOV_TEXT_JSON, MEMGOV_TEXT_PROMETHEUS, MEMGOV_TEXT_CONFIG})
    CHECK(memgov_text(kind, text, sizeof text) > 0);
  CHECK_EQ(memgov_budget_set(2 * kMega, MEMGOV_UNLIMITED), 0);
  if (Counters().pressure_callbacks > 0) ++calls;
}

int main() {
  Watchdog(120);
  CHECK(memgov_on_pressure(CallAll, nullptr) > 0);
  RaiseToSoft();
  CHECK(WaitFor([] { return calls >= 2; }));
}
