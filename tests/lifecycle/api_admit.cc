// Admission: what fits is admitted and counts until it is given back; the rest is deferred or rejected.
#include "lifecycle/pressure.h"

static constexpr uint64_t kUnit = 100 * kMega;

// Room for four units below 95 % of soft, where work is deferred; some more below hard.
static void GiveRoom() {
  const memgov_budget_t now = Budget();
  if (now.limit_bytes != MEMGOV_UNLIMITED && now.limit_bytes < now.charged_bytes + 20 * kUnit)
    Skip("the container's limit leaves less than 2 GB");
  const uint64_t soft = (now.charged_bytes + 4 * kUnit) / 95 * 100;
  CHECK_EQ(memgov_budget_set(soft, soft + 6 * kUnit), 0);
}

static void CheckRoomIsShared() {
  CHECK_EQ(memgov_admit(3 * kUnit / 2), MEMGOV_ADMITTED);
  CHECK_EQ(Budget().admitted_bytes, 3 * kUnit / 2);
  CHECK_EQ(memgov_admit(3 * kUnit / 2), MEMGOV_ADMITTED);
  CHECK_EQ(memgov_admit(3 * kUnit / 2), MEMGOV_DEFER);
  CHECK_EQ(Budget().admitted_bytes, 3 * kUnit);  // who is deferred reserves nothing
  CHECK_EQ(memgov_admit_done(3 * kUnit / 2), 0);
  CHECK_EQ(memgov_admit(3 * kUnit / 2), MEMGOV_ADMITTED);
}

static void CheckMoreThanReservedIsAll() {
  CHECK_EQ(memgov_admit_done(100 * kUnit), 0);
  CHECK_EQ(Budget().admitted_bytes, 0);
  CHECK_EQ(memgov_admit_done(kUnit), 0);
  CHECK_EQ(Budget().admitted_bytes, 0);
  CHECK_EQ(memgov_admit(kUnit), MEMGOV_ADMITTED);
  CHECK_EQ(Budget().admitted_bytes, kUnit);
  CHECK_EQ(memgov_admit_done(kUnit), 0);
}

static void CheckAlone() {
  CHECK_EQ(memgov_admit(6 * kUnit), MEMGOV_ADMITTED);  // above soft, but nothing else is admitted
  CHECK_EQ(memgov_admit_done(6 * kUnit), 0);
  CHECK_EQ(memgov_admit(50 * kUnit), MEMGOV_REJECT);
  CHECK_EQ(memgov_admit(SIZE_MAX), MEMGOV_REJECT);
  CHECK_EQ(memgov_admit(SIZE_MAX / 2), MEMGOV_REJECT);
  CHECK_EQ(Budget().admitted_bytes, 0);
}

int main() {
  Watchdog(60);
  errno = EXDEV;
  GiveRoom();
  const memgov_counters_t before = Counters();
  CheckRoomIsShared();
  CheckMoreThanReservedIsAll();
  CheckAlone();
  const memgov_counters_t after = Counters();
  CHECK_EQ(after.admitted - before.admitted, 5);
  CHECK_EQ(after.deferred - before.deferred, 1);
  CHECK_EQ(after.rejected - before.rejected, 3);
  CHECK_EQ(after.forgotten_bytes, 0);

  CHECK_EQ(memgov_admit(0), MEMGOV_ADMITTED);
  CHECK_EQ(memgov_admit(kUnit), MEMGOV_ADMITTED);  // never given back: it stays
  CHECK(Budget().admitted_bytes == kUnit);
  Lower();
  CHECK_EQ(memgov_admit(SIZE_MAX), MEMGOV_REJECT);  // whatever the budget
  CHECK_EQ(memgov_admit(1000 * kUnit), MEMGOV_ADMITTED);
  CHECK_EQ(errno, EXDEV);
}
