// What the tick publishes is what others read.
#include "governor/telemetry/published.h"

#include <gtest/gtest.h>

#include "unit/child.h"

namespace memgov {
namespace {

constexpr uint64_t kMinute = 60 * 1000000000ULL;

TEST(PublishedTest, PressureAddsUp) {
  const ChildEnd end = RunInChild([] {
    PressureSigns signs;
    signs.stalled_us = 7;
    signs.delta = {1, 2, 3, 4, 5};
    published::AddPressure(signs);
    published::AddPressure(signs);
    const published::PressureTotals totals = published::Pressure();
    EXPECT_EQ(totals.stalled_us, 14U);
    EXPECT_EQ(totals.high_events, 4U);
    EXPECT_EQ(totals.max_events, 6U);
    EXPECT_EQ(totals.oom_kills, 10U);
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST(PublishedTest, RecycleAgesBetweenTicks) {
  const ChildEnd end = RunInChild([] {
    RecycleHint hint;
    hint.Tick({kMinute, 0, 100 << 20, 150 << 20});
    published::SetRecycle(hint);
    EXPECT_FALSE(published::Recycle(2 * kMinute).advised);
    EXPECT_TRUE(published::Recycle(11 * kMinute).advised);
    EXPECT_EQ(published::Recycle(11 * kMinute).recoverable_bytes, uint64_t{100} << 20);
    hint.Tick({12 * kMinute, 0, 0, 150 << 20});
    published::SetRecycle(hint);
    EXPECT_FALSE(published::Recycle(13 * kMinute).advised);
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST(PublishedTest, AChildBeginsAgain) {
  const ChildEnd end = RunInChild([] {
    PressureSigns signs;
    signs.stalled_us = 7;
    signs.delta = {1, 2, 3, 4, 5};
    published::AddPressure(signs);
    published::SetCohortMembers(9);
    RecycleHint hint;
    hint.Tick({kMinute, 0, 100 << 20, 150 << 20});
    published::SetRecycle(hint);
    published::ResetInChild();
    EXPECT_EQ(published::Pressure().stalled_us + published::Pressure().max_events, 0U);
    EXPECT_EQ(published::CohortMembers(), 1U);
    EXPECT_EQ(published::Recycle(20 * kMinute).recoverable_bytes, 0U);
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST(PublishedTest, NothingWatchedUntilSomethingIs) {
  const ChildEnd end = RunInChild([] {
    published::Watching watching;
    published::ReadWatching(watching);
    EXPECT_EQ(watching.psi, WatchState::kAbsent);
    EXPECT_STREQ(watching.psi_path, "");
    PressureWatch watch;
    watch.Open(CgroupFiles(), "/no/such/root", nullptr, "", false);
    published::SetWatching(watch);
    published::ReadWatching(watching);
    EXPECT_EQ(watching.psi, watch.psi());
    EXPECT_EQ(watching.events, watch.events());
    EXPECT_STREQ(watching.psi_path, watch.psi_path());
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

}  // namespace
}  // namespace memgov
