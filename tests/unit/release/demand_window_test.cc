// The demand window in made-up time, tick by tick; demand_window_load_test.cc has whole loads.
#include "governor/release/demand_window.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <type_traits>
#include <utility>
#include <vector>

namespace memgov {
namespace {

constexpr uint64_t kMillisecond = 1000000;
constexpr uint64_t kSecond = 1000 * kMillisecond;
constexpr uint64_t kTick = DemandWindow::kShortestTickNs;
constexpr uint64_t kKilo = 1 << 10;
constexpr uint64_t kMega = 1 << 20;
constexpr uint64_t kPage = 4096;

constinit DemandWindow constant_initialized;
static_assert(std::is_trivially_destructible_v<DemandWindow>);

// A window that is called tick by tick; by default somebody allocates in each.
struct Driver {
  DemandWindow window;
  WindowReadings readings{.now_ns = 1000 * kSecond};

  Driver() { window.Tick(readings); }
  WindowDecision Next(uint64_t pass_ns = kTick) {
    ++readings.refills;
    return NextQuiet(pass_ns);
  }
  WindowDecision NextQuiet(uint64_t pass_ns = kTick) {
    readings.now_ns += pass_ns;
    return window.Tick(readings);
  }
  void Set(uint64_t used, uint64_t peak, uint64_t dirty) {
    readings.used_bytes = used;
    readings.peak_used_bytes = peak;
    readings.dirty_bytes = dirty;
  }
  // One period of the regret controller in which so many pages are regretted.
  uint64_t Regret(uint64_t pages) {
    readings.refaulted_bytes += pages * kPage;
    Next(DemandWindow::kControlNs);
    return window.WindowNs();
  }
};

// 0.2 % of a second: the most that is no reason to lengthen.
constexpr uint64_t kAffordablePages = kSecond / 500 / DemandWindow::kRegretNsPerPage;

TEST(DemandWindowTest, AConstantInitializedOneStartsWithTheFirstWindow) {
  EXPECT_EQ(constant_initialized.WindowNs(), 250 * kMillisecond);
  EXPECT_EQ(constant_initialized.TickNs(), kTick);
  const WindowDecision decision = constant_initialized.Tick({.now_ns = 5, .dirty_bytes = kMega});
  EXPECT_EQ(decision.give_back_bytes, 0U);
  EXPECT_EQ(decision.sleep_ns, kTick);
}

TEST(DemandWindowTest, GivesAQuarterOfTheExcessOrAllOfASmallOne) {
  struct Case {
    uint64_t used, peak, dirty, give_back;
  };
  constexpr Case kCases[] = {{20 * kMega, 20 * kMega, 0, 0},
                             {20 * kMega, 20 * kMega, 80 * kMega, 20 * kMega},
                             {20 * kMega, 60 * kMega, 80 * kMega, 10 * kMega},
                             {20 * kMega, 100 * kMega, 80 * kMega, 0},
                             {20 * kMega, 200 * kMega, 80 * kMega, 0},
                             {0, 0, 512 * kKilo, 512 * kKilo},
                             {0, 0, 516 * kKilo, 129 * kKilo},
                             {kMega, 2 * kMega, kMega + kPage, kPage},
                             {60 * kMega, 20 * kMega, 4 * kMega, kMega},
                             {0, 0, UINT64_MAX, UINT64_MAX / 4},
                             {UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX / 4}};
  for (const Case& one : kCases) {
    Driver driver;
    driver.Set(one.used, one.peak, one.dirty);
    const WindowDecision decision = driver.Next();
    EXPECT_EQ(decision.give_back_bytes, one.give_back) << one.used << " " << one.peak << " " << one.dirty;
    EXPECT_FALSE(decision.drain_slots);
    EXPECT_EQ(decision.sleep_ns, kTick);
  }
}

TEST(DemandWindowTest, APeakIsKeptForFiveTicks) {
  Driver driver;
  driver.Set(20 * kMega, 100 * kMega, 80 * kMega);
  driver.Next();
  driver.Set(20 * kMega, 20 * kMega, 80 * kMega);
  for (int tick = 1; tick < 5; ++tick) EXPECT_EQ(driver.Next().give_back_bytes, 0U) << tick;
  EXPECT_EQ(driver.Next().give_back_bytes, 20 * kMega);
}

// The readings are not taken at one instant.
TEST(DemandWindowTest, AUseAboveThePeakIsAPeak) {
  Driver driver;
  driver.Set(100 * kMega, 20 * kMega, 0);
  driver.Next();
  driver.Set(20 * kMega, 20 * kMega, 80 * kMega);
  EXPECT_EQ(driver.Next().give_back_bytes, 0U);
}

TEST(DemandWindowTest, TwoTicksWithoutARefillDrainAndGiveBackAll) {
  Driver driver;
  driver.Set(20 * kMega, 100 * kMega, 80 * kMega);
  driver.readings.cached_bytes = kMega;
  driver.Next();
  EXPECT_EQ(driver.NextQuiet().give_back_bytes, 0U);
  const WindowDecision decision = driver.NextQuiet();
  EXPECT_EQ(decision.give_back_bytes, kGiveBackAll);
  EXPECT_TRUE(decision.drain_slots);
  EXPECT_EQ(decision.sleep_ns, kTick);
}

TEST(DemandWindowTest, OneRefillInTwoTicksIsNoSilence) {
  Driver driver;
  driver.Set(20 * kMega, 100 * kMega, 80 * kMega);
  driver.readings.cached_bytes = kMega;
  for (int round = 0; round < 50; ++round) {
    EXPECT_FALSE(driver.Next().drain_slots);
    EXPECT_FALSE(driver.NextQuiet().drain_slots);
  }
}

// Only what is above a floor is worth waking up for, and only slots above theirs are worth a drain.
TEST(DemandWindowTest, RestsWithoutATimerAtTheFloors) {
  struct Case {
    uint64_t dirty, cached;
    bool rest, drain;
  };
  constexpr uint64_t kDirty = DemandWindow::kDirtyFloorBytes, kCached = DemandWindow::kCachedFloorBytes;
  constexpr Case kCases[] = {{0, 0, true, false},
                             {kDirty, kCached, true, false},
                             {kDirty + 1, kCached, false, false},
                             {kDirty, kCached + 1, false, true}};
  for (const Case& one : kCases) {
    Driver driver;
    driver.Set(kMega, kMega, one.dirty);
    driver.readings.cached_bytes = one.cached;
    EXPECT_EQ(driver.Next().sleep_ns, kTick);
    const WindowDecision first = driver.NextQuiet();
    EXPECT_EQ(first.sleep_ns, one.rest ? kSleepUntilWoken : kTick);
    if (one.rest) continue;
    const WindowDecision second = driver.NextQuiet();
    EXPECT_EQ(second.give_back_bytes, kGiveBackAll);
    EXPECT_EQ(second.drain_slots, one.drain);
  }
}

TEST(DemandWindowTest, KeepsTickingWhileSomebodyAllocates) {
  Driver driver;
  driver.Set(kMega, kMega, 0);
  for (int tick = 0; tick < 1000; ++tick) EXPECT_EQ(driver.Next().sleep_ns, kTick);
}

// A free that wakes the governor from its rest is not the second quiet tick of a silence long past.
TEST(DemandWindowTest, TheTickThatEndsTheRestIsNoSilence) {
  Driver driver;
  while (driver.NextQuiet().sleep_ns != kSleepUntilWoken) {
  }
  driver.Set(0, 80 * kMega, 80 * kMega);
  EXPECT_EQ(driver.NextQuiet(3600 * kSecond).give_back_bytes, 0U);
  EXPECT_EQ(driver.NextQuiet().give_back_bytes, kGiveBackAll);
}

TEST(DemandWindowTest, AfterHoursTheHistoryIsForgotten) {
  Driver driver;
  driver.Set(0, 100 * kMega, 0);
  driver.Next();
  driver.Set(20 * kMega, 20 * kMega, 80 * kMega);
  EXPECT_EQ(driver.Next(3600 * kSecond).give_back_bytes, 20 * kMega);
}

TEST(DemandWindowTest, AnEarlyCallOnlyNotesThePeak) {
  Driver driver;
  driver.Set(20 * kMega, 20 * kMega, 80 * kMega);
  EXPECT_EQ(driver.Next().give_back_bytes, 20 * kMega);
  driver.Set(20 * kMega, 100 * kMega, 80 * kMega);
  const WindowDecision early = driver.NextQuiet(10 * kMillisecond);
  EXPECT_EQ(early.give_back_bytes, 0U);
  EXPECT_EQ(early.sleep_ns, 40 * kMillisecond);
  driver.Set(20 * kMega, 20 * kMega, 80 * kMega);
  EXPECT_EQ(driver.Next(40 * kMillisecond).give_back_bytes, 0U);
  // Early calls are no ticks without a refill either.
  for (int call = 0; call < 3; ++call) EXPECT_FALSE(driver.NextQuiet(kMillisecond).drain_slots);
  EXPECT_NE(driver.NextQuiet().give_back_bytes, kGiveBackAll);
}

// Locked memory refuses to be given back, a refused membarrier leaves slots full.
TEST(DemandWindowTest, FruitlessAttemptsBackOffAndEnd) {
  Driver driver;
  driver.Set(0, 0, 80 * kMega);
  driver.readings.cached_bytes = kMega;
  driver.Next();
  driver.NextQuiet();
  for (const uint64_t sleep_ms : {50, 100, 200, 400, 800, 1000}) {
    const WindowDecision decision = driver.NextQuiet();
    EXPECT_EQ(decision.give_back_bytes, kGiveBackAll);
    EXPECT_TRUE(decision.drain_slots);
    EXPECT_EQ(decision.sleep_ns, sleep_ms * kMillisecond);
  }
  for (int call = 0; call < 10; ++call) EXPECT_EQ(driver.NextQuiet().sleep_ns, kSleepUntilWoken);
  for (uint64_t WindowReadings::*reading :
       {&WindowReadings::used_bytes, &WindowReadings::dirty_bytes, &WindowReadings::cached_bytes}) {
    driver.readings.*reading += kPage;
    EXPECT_EQ(driver.NextQuiet().sleep_ns, kTick);
    EXPECT_EQ(driver.NextQuiet().sleep_ns, 2 * kTick);
  }
  EXPECT_EQ(driver.Next().sleep_ns, kTick);
}

TEST(DemandWindowTest, RegretsAreWeighedAgainstTheTimeThatPassed) {
  struct Case {
    uint64_t pages;
    bool longer;
  };
  constexpr Case kCases[] = {
      {0, false}, {kAffordablePages, false}, {kAffordablePages + 1, true}, {UINT64_MAX / kPage, true}};
  for (const Case& one : kCases) {
    Driver driver;
    EXPECT_EQ(driver.Regret(one.pages), (one.longer ? 375 : 225) * kMillisecond) << one.pages;
  }
}

TEST(DemandWindowTest, TheWindowStaysWithinItsBoundsAndTicksWithIt) {
  Driver driver;
  uint64_t before = driver.window.WindowNs();
  for (int second = 0; second < 8; ++second) {
    const uint64_t window = driver.Regret(100 * kAffordablePages);
    EXPECT_EQ(window, std::min(5 * kSecond, before + before / 2));
    EXPECT_EQ(driver.window.TickNs(), std::clamp(window / 5, kTick, 5 * kTick));
    before = window;
  }
  EXPECT_EQ(before, 5 * kSecond);
  for (int second = 0; second < 4; ++second) EXPECT_EQ(driver.Regret(0), before) << "held " << second;
  for (int second = 0; second < 60; ++second) {
    const uint64_t window = driver.Regret(kAffordablePages);
    EXPECT_EQ(window, std::max(100 * kMillisecond, before - before / 10));
    before = window;
  }
  EXPECT_EQ(before, 100 * kMillisecond);
  EXPECT_EQ(driver.window.TickNs(), kTick);
}

TEST(DemandWindowTest, ALongerWindowRemembersWhatHappenedBeforeItGrew) {
  Driver driver;
  driver.Set(0, 80 * kMega, 0);
  driver.Regret(2 * kAffordablePages);
  driver.Set(0, 0, 80 * kMega);
  EXPECT_EQ(driver.Next(350 * kMillisecond).give_back_bytes, 0U);
  EXPECT_EQ(driver.Next(60 * kMillisecond).give_back_bytes, 20 * kMega);
}

TEST(DemandWindowTest, RestDoesNotHideRegretsAndIsNoQuietTime) {
  Driver driver;
  driver.readings.refaulted_bytes = 2 * kAffordablePages * kPage;
  driver.Next(3600 * kSecond);
  EXPECT_EQ(driver.window.WindowNs(), 375 * kMillisecond);
  driver.Next(3600 * kSecond);
  EXPECT_EQ(driver.window.WindowNs(), 375 * kMillisecond * 9 / 10);
}

TEST(DemandWindowTest, CountersThatRestartAreNoRegret) {
  Driver driver;
  driver.Regret(100);
  driver.readings.refaulted_bytes = 0;
  driver.readings.refills = 0;
  EXPECT_LT(driver.Regret(0), 250 * kMillisecond);
  EXPECT_GT(driver.Regret(2 * kAffordablePages), 300 * kMillisecond);
}

TEST(DemandWindowTest, WhileTheClockStandsStillNothingIsDecided) {
  Driver driver;
  driver.Set(0, 0, 80 * kMega);
  for (int call = 0; call < 100; ++call) {
    const WindowDecision decision = driver.NextQuiet(0);
    EXPECT_EQ(decision.give_back_bytes, 0U);
    EXPECT_FALSE(decision.drain_slots);
    EXPECT_EQ(decision.sleep_ns, kTick);
  }
}

TEST(DemandWindowTest, AClockThatRestartsBeginsAnewWithTheSameWindow) {
  Driver driver;
  driver.Set(0, 100 * kMega, 0);
  driver.Regret(2 * kAffordablePages);
  driver.Set(0, 0, 80 * kMega);
  while (driver.NextQuiet().give_back_bytes != kGiveBackAll) {
  }
  driver.readings.now_ns = 3;
  EXPECT_EQ(driver.NextQuiet(0).sleep_ns, driver.window.TickNs());
  EXPECT_EQ(driver.window.WindowNs(), 375 * kMillisecond);
  EXPECT_EQ(driver.NextQuiet(2 * kTick).give_back_bytes, 20 * kMega) << "neither peaks nor silence are left";
  EXPECT_LT(driver.Regret(0), 375 * kMillisecond) << "held by the old clock";
}

TEST(PeakHistoryTest, AgreesWithAListOfAllNotes) {
  std::mt19937_64 random(7);
  for (int round = 0; round < 100; ++round) {
    PeakHistory history;
    std::vector<std::pair<uint64_t, uint64_t>> notes;  // bucket, bytes
    uint64_t now = random() % (10 * kSecond);
    for (int note = 0; note < 500; ++note) {
      now += random() % (random() % 50 == 0 ? 12 * kSecond : 2 * PeakHistory::kBucketNs);
      notes.emplace_back(now / PeakHistory::kBucketNs, random() % 1000);
      history.Note(now, notes.back().second);
      const uint64_t buckets = random() % 120;
      uint64_t highest = 0;
      for (const auto& [bucket, bytes] : notes) {
        const uint64_t age = notes.back().first - bucket;
        if (age < std::min(buckets, PeakHistory::kBuckets)) highest = std::max(highest, bytes);
      }
      ASSERT_EQ(history.Highest(buckets * PeakHistory::kBucketNs), highest);
    }
  }
}

TEST(DemandWindowTest, AnyReadingsLeaveItWithinItsBounds) {
  std::mt19937_64 random(11);
  DemandWindow window;
  const auto any = [&random] { return random() >> random() % 64; };
  WindowReadings readings;
  for (int call = 0; call < 200000; ++call) {
    readings.now_ns = random() % 100 == 0 ? any() : readings.now_ns + random() % (2 * kTick);
    if (random() % 2 == 0) readings.refills = any();
    if (random() % 2 == 0) readings.refaulted_bytes = any();
    if (random() % 4 == 0) readings = {readings.now_ns, any(), any(), any(), any(), readings.refills, any()};
    const WindowDecision decision = window.Tick(readings);
    ASSERT_GE(window.WindowNs(), DemandWindow::kShortestWindowNs);
    ASSERT_LE(window.WindowNs(), DemandWindow::kLongestWindowNs);
    ASSERT_GT(decision.sleep_ns, 0U);
    ASSERT_TRUE(decision.sleep_ns <= DemandWindow::kLongestSleepNs || decision.sleep_ns == kSleepUntilWoken);
    ASSERT_TRUE(!decision.drain_slots || decision.give_back_bytes == kGiveBackAll);
    if (decision.give_back_bytes == kGiveBackAll) continue;
    ASSERT_LE(decision.give_back_bytes, std::max(DemandWindow::kSmallExcessBytes, readings.dirty_bytes / 4));
  }
}

}  // namespace
}  // namespace memgov
