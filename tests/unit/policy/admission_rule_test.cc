#include "governor/policy/admission_rule.h"

#include <gtest/gtest.h>

#include <cstdint>

namespace memgov {
namespace {

constexpr uint64_t kMega = 1 << 20;
constexpr uint64_t kSecond = 1000000000;

// A container of 256 MB, more or less: the line is at 190 MB.
AdmissionReadings Usual() {
  AdmissionReadings readings;
  readings.bytes = 2 * kMega;
  readings.soft_bytes = 200 * kMega;
  readings.hard_bytes = 240 * kMega;
  readings.used_bytes = 100 * kMega;
  readings.base_bytes = 30 * kMega;
  readings.reserved_bytes = 80 * kMega;
  return readings;
}

TEST(DecideAdmissionTest, Table) {
  const struct {
    const char* what;
    void (*change)(AdmissionReadings&);
    Admission answer;
  } table[] = {
      {"room", [](AdmissionReadings&) {}, Admission::kAdmitted},
      {"promises up to the line", [](AdmissionReadings& r) { r.reserved_bytes = 158 * kMega; },
       Admission::kAdmitted},
      {"promises beyond the line", [](AdmissionReadings& r) { r.reserved_bytes = 159 * kMega; },
       Admission::kDefer},
      {"use up to the line", [](AdmissionReadings& r) { r.used_bytes = 188 * kMega; }, Admission::kAdmitted},
      {"use beyond the line", [](AdmissionReadings& r) { r.used_bytes = 189 * kMega; }, Admission::kDefer},
      {"admitted a moment ago", [](AdmissionReadings& r) { r.since_bytes = 90 * kMega; }, Admission::kDefer},
      {"soft", [](AdmissionReadings& r) { r.rung = Rung::kSoft; }, Admission::kDefer},
      {"hard", [](AdmissionReadings& r) { r.rung = Rung::kHard; }, Admission::kReject},
      {"hard, alone",
       [](AdmissionReadings& r) {
         r.rung = Rung::kHard;
         r.reserved_bytes = 0;
       },
       Admission::kReject},
      {"soft, alone",
       [](AdmissionReadings& r) {
         r.rung = Rung::kSoft;
         r.reserved_bytes = 0;
       },
       Admission::kAdmitted},
      {"alone, beyond hard",
       [](AdmissionReadings& r) {
         r.used_bytes = 239 * kMega;
         r.reserved_bytes = 0;
       },
       Admission::kDefer},
      {"never fits", [](AdmissionReadings& r) { r.bytes = 211 * kMega; }, Admission::kReject},
      {"fits alone only", [](AdmissionReadings& r) { r.bytes = 170 * kMega; }, Admission::kDefer},
      {"SIZE_MAX", [](AdmissionReadings& r) { r.bytes = SIZE_MAX; }, Admission::kReject},
      {"SIZE_MAX without a budget",
       [](AdmissionReadings& r) {
         r.bytes = SIZE_MAX;
         r.soft_bytes = r.hard_bytes = UINT64_MAX;
       },
       Admission::kReject},
      {"nothing at all", [](AdmissionReadings& r) { r.bytes = 0; }, Admission::kAdmitted},
      {"no budget",
       [](AdmissionReadings& r) {
         r.soft_bytes = r.hard_bytes = UINT64_MAX;
         r.used_bytes = UINT64_MAX;
       },
       Admission::kAdmitted},
      {"no budget, the machine is short",
       [](AdmissionReadings& r) {
         r.soft_bytes = r.hard_bytes = UINT64_MAX;
         r.rung = Rung::kSoft;
       },
       Admission::kDefer},
      {"the pool is over", [](AdmissionReadings& r) { r.pool_over = true; }, Admission::kDefer},
      {"soft only",
       [](AdmissionReadings& r) {
         r.hard_bytes = UINT64_MAX;
         r.bytes = 500 * kMega;
       },
       Admission::kReject},
      {"soft only, alone and beyond it",
       [](AdmissionReadings& r) {
         r.hard_bytes = UINT64_MAX;
         r.reserved_bytes = 0;
         r.used_bytes = 199 * kMega;
       },
       Admission::kDefer},
      {"no budget, the pool is over, alone",
       [](AdmissionReadings& r) {
         r.soft_bytes = r.hard_bytes = UINT64_MAX;
         r.pool_over = true;
         r.reserved_bytes = 0;
       },
       Admission::kAdmitted},
      {"sums that overflow",
       [](AdmissionReadings& r) {
         r.reserved_bytes = UINT64_MAX - 1;
         r.used_bytes = UINT64_MAX - 1;
         r.since_bytes = 100;
       },
       Admission::kDefer},
  };
  for (const auto& row : table) {
    AdmissionReadings readings = Usual();
    row.change(readings);
    EXPECT_EQ(DecideAdmission(readings), row.answer) << row.what;
  }
}

TEST(AdmissionBaseTest, IsUseWhileNothingIsAdmitted) {
  AdmissionBase base;
  EXPECT_EQ(base.Tick(30 * kMega, 0), 30 * kMega);
  EXPECT_EQ(base.Tick(20 * kMega, 0), 20 * kMega);
}

TEST(AdmissionBaseTest, DoesNotFallWhileRequestsHaveNotTakenTheirMemory) {
  AdmissionBase base;
  base.Tick(30 * kMega, 0);
  EXPECT_GT(base.Tick(40 * kMega, 100 * kMega), 26 * kMega);
  for (int tick = 0; tick < 200; ++tick) base.Tick(40 * kMega, 100 * kMega);
  EXPECT_LT(base.Tick(40 * kMega, 100 * kMega), kMega);  // they never take it
}

TEST(AdmissionBaseTest, GrowsAtOnceWithWhatNobodyAnnounced) {
  AdmissionBase base;
  base.Tick(30 * kMega, 0);
  EXPECT_EQ(base.Tick(150 * kMega, 50 * kMega), 100 * kMega);
}

ForgottenWatch::Readings Leaked(uint64_t now_ns, uint64_t deferred) {
  ForgottenWatch::Readings readings;
  readings.now_ns = now_ns;
  readings.reserved_bytes = 150 * kMega;
  readings.admitted = 5;
  readings.given_back = 2;
  readings.deferred = deferred;
  readings.used_bytes = 40 * kMega;
  readings.soft_bytes = 200 * kMega;
  return readings;
}

TEST(ForgottenWatchTest, AfterAMinuteOfDeferringWithMemoryFree) {
  ForgottenWatch watch;
  EXPECT_FALSE(watch.Tick(Leaked(kSecond, 1)));
  EXPECT_FALSE(watch.Tick(Leaked(30 * kSecond, 100)));
  EXPECT_FALSE(watch.Tick(Leaked(60 * kSecond, 200)));
  EXPECT_TRUE(watch.Tick(Leaked(61 * kSecond, 201)));
}

TEST(ForgottenWatchTest, NotWithoutAsking) {
  ForgottenWatch watch;
  for (uint64_t second = 1; second < 600; ++second) EXPECT_FALSE(watch.Tick(Leaked(second * kSecond, 7)));
}

TEST(ForgottenWatchTest, NotWhileThingsMoveOrMemoryIsShort) {
  void (*const changes[])(ForgottenWatch::Readings&, uint64_t) = {
      [](ForgottenWatch::Readings& r, uint64_t second) { r.admitted += second; },
      [](ForgottenWatch::Readings& r, uint64_t second) { r.given_back += second; },
      [](ForgottenWatch::Readings& r, uint64_t) { r.used_bytes = 120 * kMega; },
      [](ForgottenWatch::Readings& r, uint64_t) { r.reserved_bytes = 0; },
  };
  for (const auto& change : changes) {
    ForgottenWatch watch;
    for (uint64_t second = 1; second < 300; ++second) {
      ForgottenWatch::Readings readings = Leaked(second * kSecond, second);
      change(readings, second);
      EXPECT_FALSE(watch.Tick(readings));
    }
  }
}

TEST(ForgottenWatchTest, AClockThatJumpsBackStartsAgain) {
  ForgottenWatch watch;
  watch.Tick(Leaked(1000 * kSecond, 1));
  EXPECT_FALSE(watch.Tick(Leaked(5 * kSecond, 2)));
  EXPECT_FALSE(watch.Tick(Leaked(30 * kSecond, 3)));
  EXPECT_TRUE(watch.Tick(Leaked(66 * kSecond, 4)));
}

}  // namespace
}  // namespace memgov
