// MEMGOV_THREAD=never: no thread for callbacks either; budgets and admission work.
#include "lifecycle/pressure.h"

static void Nothing(const memgov_pressure_t*, void*) {}

int main() {
  Watchdog(60);
  CHECK_EQ(memgov_on_pressure(Nothing, nullptr), 0);
  CHECK_EQ(memgov_budget_set(kMega, MEMGOV_UNLIMITED), 0);
  CHECK_EQ(Budget().soft_bytes, kMega);
  CHECK_EQ(memgov_admit(SIZE_MAX), MEMGOV_REJECT);
  CHECK_EQ(ProcNumber("/proc/self/status", "Threads:"), 1);
}
