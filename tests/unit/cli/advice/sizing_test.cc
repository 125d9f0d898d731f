#include "governor/cli/advice/sizing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/cli/advice/recordings.h"

namespace memgov::cli {
namespace {

using ::testing::HasSubstr;

Measurement Seen(int samples, double interval_s) { return *Measure(Steady(samples, interval_s), "a.jsonl"); }

TEST(Sizing, TenMinutesGetFifteenPercent) {
  const Sizing sizing = Size(Seen(601, 1), {});
  EXPECT_EQ(sizing.headroom_percent, 15);
  EXPECT_EQ(sizing.peak, 100 * kMega);
  EXPECT_EQ(sizing.request, 110 * kMega);
  EXPECT_EQ(sizing.limit, 115 * kMega);
  EXPECT_EQ(sizing.budget >> 20, 109u);
}

TEST(Sizing, ShortOrBurstyGetsTwentyAndASteadyHourTen) {
  EXPECT_EQ(Size(Seen(599, 1), {}).headroom_percent, 20);
  Measurement bursty = Seen(3601, 1);
  bursty.average_resident = bursty.peak_resident / 2;
  EXPECT_EQ(Size(bursty, {}).headroom_percent, 20);
  EXPECT_THAT(Size(bursty, {}).headroom_why, HasSubstr("bursts"));
  EXPECT_EQ(Size(Seen(3601, 1), {}).headroom_percent, 10);
  Measurement look = Seen(3601, 1);
  look.one_look = true;
  EXPECT_EQ(Size(look, {}).headroom_percent, 20);
}

TEST(Sizing, HeadroomAsAsked) {
  const Sizing sizing = Size(Seen(601, 1), {.headroom_percent = 5});
  EXPECT_EQ(sizing.limit, 105 * kMega);
  EXPECT_EQ(sizing.request, 105 * kMega);  // never above the limit
}

TEST(Sizing, LimitsAreWholeMebibytesRoundedUp) {
  Measurement seen = Seen(601, 1);
  seen.peak_resident = 100 * kMega + 1;
  const Sizing sizing = Size(seen, {});
  EXPECT_EQ(sizing.limit, 116 * kMega);
  EXPECT_EQ(sizing.request, 111 * kMega);
}

TEST(Sizing, TheSoftBudgetLiesAboveThePeak) {
  const Sizing roomy = Size(Seen(601, 1), {.headroom_percent = 40});
  EXPECT_EQ(roomy.soft_percent, 84);
  for (const int headroom : {12, 15, 20, 25, 40}) {
    const Sizing sizing = Size(Seen(601, 1), {.headroom_percent = headroom});
    EXPECT_GE(sizing.soft, sizing.peak) << headroom;
    EXPECT_LT(sizing.soft, sizing.budget) << headroom;
  }
  EXPECT_EQ(Size(Seen(601, 1), {.headroom_percent = 0}).soft_percent, 95);
}

TEST(Sizing, WorkersShareFilesAndAMaster) {
  const Sizing sizing = Size(Seen(601, 1), {.headroom_percent = 10, .workers = 4});
  EXPECT_EQ(sizing.base, 100 * kMega);       // 20 of files, a master of 80
  EXPECT_EQ(sizing.per_worker, 88 * kMega);  // 80 and 10 %
  EXPECT_EQ(sizing.peak, 420 * kMega);       // base + 4 x 80
  EXPECT_EQ(sizing.limit, 462 * kMega);
}

TEST(Sizing, WorkersThatWereMeasuredTogetherAreNotEstimated) {
  Measurement seen = Seen(601, 1);
  seen.peak_charged = 200 * kMega;
  seen.members = 4;
  EXPECT_EQ(Size(seen, {.headroom_percent = 15, .workers = 4}).peak, 200 * kMega);
  EXPECT_EQ(Size(seen, {.headroom_percent = 15, .workers = 5}).peak, 500 * kMega);
}

TEST(Sizing, MachinesHoldSystemBaseAndWorkers) {
  const Sizing sizing = Size(Seen(601, 1), {.headroom_percent = 10});
  ASSERT_EQ(sizing.machines.size(), 5u);
  for (const Machine& machine : sizing.machines) {
    EXPECT_EQ(machine.system_bytes + sizing.base +
                  static_cast<uint64_t>(machine.workers) * sizing.per_worker + machine.left_bytes,
              machine.bytes);
    EXPECT_LT(machine.left_bytes, sizing.per_worker);
  }
  // 1024 - 280 - 51.2 - 100 MiB for the system, less 100: 492.8 MiB for workers of 88.
  EXPECT_EQ(sizing.machines[0].workers, 5);
}

TEST(Sizing, AMachineThatIsTooSmallHoldsNone) {
  Measurement seen = Seen(601, 1);
  seen.peak_anonymous = seen.least_anonymous = 3000 * kMega;
  const Sizing sizing = Size(seen, {});
  EXPECT_EQ(sizing.machines[0].workers, 0);
  EXPECT_EQ(sizing.machines[2].workers, 0);
  EXPECT_GT(sizing.machines[4].workers, 0);
}

TEST(Sizing, AbsurdMeasurementsOverflowNothing) {
  Measurement seen = Seen(601, 1);
  seen.peak_resident = seen.peak_anonymous = seen.least_anonymous = seen.shareable = 1ULL << 50;
  const Sizing sizing = Size(seen, {.headroom_percent = 200, .workers = 1024});
  EXPECT_EQ(sizing.peak, 1026ULL << 50);
  EXPECT_EQ(sizing.limit, 3078ULL << 50);
  const Sizing nothing = Size(Measurement(), {});
  EXPECT_EQ(nothing.limit, kMega);
}

TEST(Headroom, ReadsPercentages) {
  EXPECT_EQ(*ParseHeadroom("15%"), 15);
  EXPECT_EQ(*ParseHeadroom("0"), 0);
  EXPECT_EQ(*ParseHeadroom("200%"), 200);
  for (const char* bad : {"", "%", "-1", "201", "1.5", "x", "15%%", "+15", "99999999999"}) {
    const auto percent = ParseHeadroom(bad);
    EXPECT_EQ(percent.status().code(), absl::StatusCode::kInvalidArgument) << bad;
    EXPECT_THAT(std::string(percent.status().message()), HasSubstr("0% to 200%"));
  }
}

}  // namespace
}  // namespace memgov::cli
