// MEMGOV_GOVERNOR=off: no budget, everything is admitted, no callbacks; and the texts say so.
#include "lifecycle/pressure.h"

static void Nothing(const memgov_pressure_t*, void*) {}

int main() {
  Watchdog(60);
  HoldBallast();
  const memgov_budget_t budget = Budget();
  CHECK(budget.charged_bytes >= 16 * kMega);
  for (uint64_t bytes : {budget.soft_bytes, budget.hard_bytes, budget.limit_bytes, budget.headroom_bytes})
    CHECK(bytes == MEMGOV_UNLIMITED);
  CHECK_EQ(budget.rung, MEMGOV_NORMAL);
  CHECK_EQ(memgov_budget_set(kMega, 2 * kMega), -1);
  for (size_t bytes : {size_t{1}, size_t{1} << 40, SIZE_MAX}) CHECK_EQ(memgov_admit(bytes), MEMGOV_ADMITTED);
  CHECK_EQ(memgov_admit_done(1), 0);
  CHECK_EQ(Budget().admitted_bytes, 0);
  CHECK_EQ(memgov_on_pressure(Nothing, nullptr), 0);
  CHECK_EQ(memgov_off_pressure(1), -1);
  CHECK_EQ(memgov_pool_budget_set("io", 5 * kMega), -1);
  CHECK(memgov_pool_budget("io") == MEMGOV_UNLIMITED);
  static char text[1 << 16];
  CHECK(memgov_text(MEMGOV_TEXT_JSON, text, sizeof text) > 0);
  CHECK(strstr(text, "\"hard_budget_bytes\":null") != nullptr);
  CHECK(memgov_text(MEMGOV_TEXT_CONFIG, text, sizeof text) > 0);
  CHECK(strstr(text, "does not govern") != nullptr);
  CHECK_EQ(ProcNumber("/proc/self/status", "Threads:"), 1);
}
