#include "governor/cli/show/age.h"

#include <gtest/gtest.h>

namespace memgov::cli {
namespace {

constexpr int64_t kSecond = 1000000000;

Reading At(int64_t monotonic_ns, int64_t wall_ns) {
  Reading reading;
  reading.monotonic_ns = monotonic_ns;
  reading.wall_clock_ns = wall_ns;
  return reading;
}

TEST(Age, IsByTheMonotonicClock) {
  EXPECT_EQ(AgeOf(At(5 * kSecond, 900 * kSecond), {.monotonic_ns = 7 * kSecond, .wall_ns = 1000 * kSecond}),
            absl::Seconds(2));
}

TEST(Age, IsByTheWallClockWhereTheMonotonicOneIsAnother) {
  EXPECT_EQ(AgeOf(At(50 * kSecond, 997 * kSecond), {.monotonic_ns = 7 * kSecond, .wall_ns = 1000 * kSecond}),
            absl::Seconds(3));
}

TEST(Age, IsNeverNegativeWhenAClockJumps) {
  EXPECT_EQ(AgeOf(At(50 * kSecond, 2000 * kSecond), {.monotonic_ns = 7 * kSecond, .wall_ns = 1000 * kSecond}),
            absl::ZeroDuration());
  EXPECT_EQ(AgeOf(At(INT64_MAX, INT64_MAX), {.monotonic_ns = 0, .wall_ns = 0}), absl::ZeroDuration());
  EXPECT_GE(AgeOf(At(INT64_MIN, 1), {.monotonic_ns = INT64_MAX, .wall_ns = 0}), absl::ZeroDuration());
}

TEST(Age, OfNothingIsInfinite) {
  EXPECT_EQ(AgeOf(At(5, 0), {.monotonic_ns = 7, .wall_ns = 7}), absl::InfiniteDuration());
  EXPECT_EQ(AgeText(absl::InfiniteDuration()), "-");
}

TEST(Age, IsShownInTenthsOfASecondAndThenInMinutes) {
  EXPECT_EQ(AgeText(absl::Milliseconds(340)), "0.3 s");
  EXPECT_EQ(AgeText(absl::Minutes(5)), "5 min");
}

TEST(Uptime, IsNeverNegative) {
  Reading reading;
  reading.started_s = 2000;
  EXPECT_EQ(UptimeOf(reading, {.monotonic_ns = 0, .wall_ns = 1000 * kSecond}), absl::ZeroDuration());
  reading.started_s = 900;
  EXPECT_EQ(UptimeOf(reading, {.monotonic_ns = 0, .wall_ns = 1000 * kSecond}), absl::Seconds(100));
}

}  // namespace
}  // namespace memgov::cli
