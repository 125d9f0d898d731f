// The budget: what it says, what it takes and refuses, and what a hard one below what is charged does.
#include "lifecycle/pressure.h"

static void CheckOnlyGoodOnesAreTaken() {
  const memgov_budget_t before = Budget();
  const uint64_t bad[][2] = {{2 * kMega, kMega}, {kMega - 1, 5 * kMega},        {0, 5 * kMega},
                             {5 * kMega, 0},     {MEMGOV_UNLIMITED, 5 * kMega}, {1, 1}};
  for (const auto& one : bad) CHECK_EQ(memgov_budget_set(one[0], one[1]), -1);
  CHECK(Budget().soft_bytes == before.soft_bytes && Budget().hard_bytes == before.hard_bytes);
}

static void CheckFigures() {
  HoldBallast();
  const uint64_t charged = Budget().charged_bytes;
  CHECK(charged >= 16 * kMega);
  CHECK_EQ(memgov_budget_set(charged + 300 * kMega, charged + 400 * kMega), 0);
  const memgov_budget_t budget = Budget();
  if (budget.limit_bytes == MEMGOV_UNLIMITED) {
    CHECK_EQ(budget.soft_bytes, charged + 300 * kMega);
    CHECK_EQ(budget.hard_bytes, charged + 400 * kMega);
  }
  CHECK(budget.soft_bytes <= budget.hard_bytes && budget.hard_bytes <= budget.limit_bytes);
  CHECK_EQ(budget.headroom_bytes, budget.hard_bytes - budget.charged_bytes);
  CHECK_EQ(budget.admitted_bytes, 0);
  CHECK_EQ(budget.rung, MEMGOV_NORMAL);
}

static void CheckChargedFollows() {
  const uint64_t before = Budget().charged_bytes;
  void* block = malloc(64 * kMega);
  CHECK(block != nullptr);
  memset(block, 1, 64 * kMega);
  CHECK(Budget().charged_bytes >= before + 32 * kMega);
  free(block);
}

// Large requests of the arena engine fail at once; small ones, and those of engines without a gate, do not.
static void CheckBelowCharged() {
  CHECK_EQ(memgov_budget_set(kMega, 2 * kMega), 0);
  CHECK_EQ(Budget().headroom_bytes, 0);
  CHECK(WaitFor([] { return Budget().rung == MEMGOV_HARD; }));
  if (strcmp(getenv("MEMGOV_TEST_ENGINE"), "arena") == 0) {
    errno = 0;
    CHECK(malloc(256 * kMega) == nullptr);
    CHECK_EQ(errno, ENOMEM);
    CHECK(Counters().refused_allocations >= 1 && Counters().refused_bytes >= 256 * kMega);
    CHECK(Counters().emergency_releases >= 1);
  }
  void* small = malloc(100);
  CHECK(small != nullptr);
  free(small);
}

int main() {
  Watchdog(120);
  CheckOnlyGoodOnesAreTaken();
  CheckFigures();
  CheckChargedFollows();
  CheckBelowCharged();
  Lower();
  memgov_budget_t budget = Budget();
  CHECK(budget.soft_bytes == MEMGOV_UNLIMITED && budget.hard_bytes == MEMGOV_UNLIMITED);
  CHECK(budget.headroom_bytes == MEMGOV_UNLIMITED);
  CHECK(WaitFor([] { return Budget().rung == MEMGOV_NORMAL; }));
  void* block = malloc(256 * kMega);
  CHECK(block != nullptr);
  free(block);
  CHECK_EQ(memgov_budget_set(0, 0), 0);  // as the environment has it: `auto`
  budget = Budget();
  CHECK((budget.hard_bytes == MEMGOV_UNLIMITED) == (budget.limit_bytes == MEMGOV_UNLIMITED));
}
