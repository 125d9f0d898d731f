// Budgets of pools: what they take and refuse; a callback hears of the pool that is over its own.
#include <atomic>

#include "lifecycle/pressure.h"

static std::atomic<bool> heard;

static void Hear(const memgov_pressure_t* event, void*) {
  if (event->pool && strcmp(event->pool, "parse") == 0 && event->want_bytes > 0) heard = true;
}

int main() {
  Watchdog(120);
  CHECK(memgov_pool_budget("parse") == MEMGOV_UNLIMITED);
  CHECK(memgov_pool_budget(nullptr) == MEMGOV_UNLIMITED);
  CHECK_EQ(memgov_pool_budget_set(nullptr, 5 * kMega), -1);
  CHECK_EQ(memgov_pool_budget_set("", 5 * kMega), -1);
  CHECK_EQ(memgov_pool_budget_set("parse", kMega - 1), -1);
  CHECK_EQ(memgov_pool_budget_set("parse", 0), -1);
  CHECK(memgov_pool_budget("parse") == MEMGOV_UNLIMITED);
  CHECK_EQ(memgov_pool_budget_set("parse", 20 * kMega), 0);
  CHECK_EQ(memgov_pool_budget("parse"), 20 * kMega);
  const char* const long_name = "a-name-of-more-than-thirty-one-bytes";
  CHECK_EQ(memgov_pool_budget_set(long_name, 20 * kMega), 0);
  CHECK_EQ(memgov_pool_budget(long_name), 20 * kMega);

  CHECK(memgov_on_pressure(Hear, nullptr) > 0);
  Lower();
  const uint32_t token = memgov_pool_enter("parse");
  CHECK(token > 0);
  static void* blocks[200];
  for (void*& block : blocks) {
    block = malloc(kMega);
    CHECK(block != nullptr);
    memset(block, 1, kMega);
  }
  CHECK(WaitFor([] { return heard.load(); }));
  CHECK_EQ(memgov_admit(1), MEMGOV_ADMITTED);  // nothing else is under way: waiting would free nothing
  CHECK_EQ(memgov_admit(1), MEMGOV_DEFER);     // asked for by one of its threads
  CHECK_EQ(memgov_pool_leave(token), 0);
  CHECK_EQ(memgov_admit(1), MEMGOV_ADMITTED);
  CHECK_EQ(memgov_admit_done(2), 0);
  CHECK_EQ(memgov_pool_budget_set("parse", MEMGOV_UNLIMITED), 0);
  CHECK(memgov_pool_budget("parse") == MEMGOV_UNLIMITED);
  for (void* block : blocks) free(block);
}
