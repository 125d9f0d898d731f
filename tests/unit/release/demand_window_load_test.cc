// The demand window under whole loads: a simulated page heap, driven as the governor's thread drives the
// engine's.
#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <functional>
#include <utility>

#include "governor/release/demand_window.h"

namespace memgov {
namespace {

constexpr uint64_t kMillisecond = 1000000;
constexpr uint64_t kKilo = 1 << 10;
constexpr uint64_t kMega = 1 << 20;
constexpr uint64_t kPage = 4096;

// A load in made-up time: what it has in use, and whether it allocates beyond the slots, at a millisecond.
struct Load {
  std::function<uint64_t(uint64_t now_ms)> used;
  std::function<bool(uint64_t now_ms)> refills;
};

// The engine and the governor's thread, one step a millisecond. Growth takes dirty pages first, then those
// that were given back; each allocating millisecond leaves 256 KiB in the slots, a drain sets them free.
class Simulation {
 public:
  void Run(uint64_t duration_ms, const Load& load) {
    for (const uint64_t end_ms = now_ms_ + duration_ms; now_ms_ < end_ms; ++now_ms_) {
      const bool refills = load.refills(now_ms_);
      if (refills) {
        ++readings_.refills;
        readings_.cached_bytes = kCached;
      }
      Use(load.used(now_ms_) + readings_.cached_bytes);
      if (refills && due_ms_ == UINT64_MAX) due_ms_ = now_ms_;
      if (now_ms_ >= due_ms_) Tick();
    }
  }

  uint64_t Held() const { return readings_.used_bytes + readings_.dirty_bytes; }
  bool AtRest() const { return due_ms_ == UINT64_MAX; }
  uint64_t ticks() const { return ticks_; }
  uint64_t given_back_bytes() const { return given_back_bytes_; }
  uint64_t WindowMs() const { return window_.WindowNs() / kMillisecond; }
  uint64_t RegretNs() const { return readings_.refaulted_bytes / kPage * DemandWindow::kRegretNsPerPage; }

 private:
  static constexpr uint64_t kCached = 256 * kKilo;

  void Use(uint64_t bytes) {
    const uint64_t grown = bytes > readings_.used_bytes ? bytes - readings_.used_bytes : 0;
    const uint64_t from_dirty = std::min(grown, readings_.dirty_bytes);
    readings_.dirty_bytes -= from_dirty;
    Refault(grown - from_dirty);
    if (bytes < readings_.used_bytes) readings_.dirty_bytes += readings_.used_bytes - bytes;
    readings_.used_bytes = bytes;
    readings_.peak_used_bytes = std::max(readings_.peak_used_bytes, bytes);
  }

  void Refault(uint64_t bytes) {
    while (!given_back_.empty() && given_back_.front().at_ms + 1000 <= now_ms_) given_back_.pop_front();
    while (bytes != 0 && !given_back_.empty()) {
      const uint64_t part = std::min(bytes, given_back_.front().bytes);
      readings_.refaulted_bytes += part;
      bytes -= part;
      if ((given_back_.front().bytes -= part) == 0) given_back_.pop_front();
    }
  }

  void Tick() {
    ++ticks_;
    readings_.now_ns = now_ms_ * kMillisecond;
    const WindowDecision decision = window_.Tick(readings_);
    if (decision.drain_slots) Use(readings_.used_bytes - std::exchange(readings_.cached_bytes, 0));
    const uint64_t bytes = std::min(decision.give_back_bytes, readings_.dirty_bytes);
    readings_.dirty_bytes -= bytes;
    readings_.peak_used_bytes = readings_.used_bytes;
    given_back_bytes_ += bytes;
    if (bytes != 0) given_back_.push_back({now_ms_, bytes});
    due_ms_ = decision.sleep_ns == kSleepUntilWoken ? UINT64_MAX : now_ms_ + decision.sleep_ns / kMillisecond;
  }

  struct GivenBack {
    uint64_t at_ms, bytes;
  };
  DemandWindow window_;
  WindowReadings readings_;
  uint64_t now_ms_ = 1, due_ms_ = 1;
  uint64_t ticks_ = 0, given_back_bytes_ = 0;
  std::deque<GivenBack> given_back_;
};

bool Always(uint64_t) { return true; }
bool Never(uint64_t) { return false; }

// 220 MB in the first half of each period, 20 MB in the second; always somebody allocates.
Load Sawtooth(uint64_t period_ms) {
  return {[=](uint64_t now_ms) { return (now_ms % period_ms < period_ms / 2 ? 220 : 20) * kMega; }, Always};
}

// The same, but in the second half nobody allocates.
Load Bursts(uint64_t period_ms) {
  return {Sawtooth(period_ms).used, [=](uint64_t now_ms) { return now_ms % period_ms < period_ms / 2; }};
}

Load Steady(uint64_t bytes, std::function<bool(uint64_t)> refills) {
  return {[=](uint64_t) { return bytes; }, std::move(refills)};
}

struct Minute {
  double regret_percent;  // of one CPU, for the governor
  uint64_t given_back_bytes;
};

Minute RunForAMinute(Simulation& simulation, const Load& load) {
  const uint64_t regret_ns = simulation.RegretNs(), given_back = simulation.given_back_bytes();
  simulation.Run(60000, load);
  return {static_cast<double>(simulation.RegretNs() - regret_ns) * 100 / (60e3 * kMillisecond),
          simulation.given_back_bytes() - given_back};
}

// 200 MB given back in each period of 300 ms would cost 17 % of a CPU, of 2 s 2.5 %. The controller goes on
// probing for a shorter window, which costs a period now and then.
TEST(DemandWindowLoadTest, ASawtoothStopsGivingBackWhatIsNeededAgain) {
  for (const uint64_t period_ms : {300, 700, 1000, 2000}) {
    Simulation simulation;
    simulation.Run(20000, Sawtooth(period_ms));
    const Minute minute = RunForAMinute(simulation, Sawtooth(period_ms));
    EXPECT_LT(minute.regret_percent, 1) << period_ms;
    EXPECT_LT(minute.given_back_bytes, 60000 / period_ms * 200 * kMega / 4) << period_ms;
  }
}

TEST(DemandWindowLoadTest, BurstsWithShortPausesKeepTheirMemoryThroughThePause) {
  for (const uint64_t period_ms : {200, 300, 500, 800}) {
    Simulation simulation;
    simulation.Run(20000, Bursts(period_ms));
    const Minute minute = RunForAMinute(simulation, Bursts(period_ms));
    EXPECT_LT(minute.regret_percent, 1.5) << period_ms;
    EXPECT_LT(minute.given_back_bytes, 60000 / period_ms * 200 * kMega / 4) << period_ms;
  }
}

// What is needed again after more than a second is no regret: the window does not grow for it.
TEST(DemandWindowLoadTest, ASlowSawtoothGivesBackInEachPeriod) {
  Simulation simulation;
  simulation.Run(20000, Sawtooth(4000));
  const Minute minute = RunForAMinute(simulation, Sawtooth(4000));
  EXPECT_LT(minute.regret_percent, 0.1);
  EXPECT_GT(minute.given_back_bytes, 15 * 195 * kMega);
  EXPECT_EQ(simulation.WindowMs(), 100U);
}

TEST(DemandWindowLoadTest, SteadyLowTrafficGivesBackWhatIsBeyond) {
  Simulation simulation;
  simulation.Run(1000, Steady(500 * kMega, Always));
  simulation.Run(200, Steady(10 * kMega, Always));
  EXPECT_GE(simulation.Held(), 500 * kMega) << "the window is over too early";
  simulation.Run(1800, Steady(10 * kMega, Always));
  EXPECT_LE(simulation.Held(), 11 * kMega);
  EXPECT_FALSE(simulation.AtRest());
}

TEST(DemandWindowLoadTest, AtSilenceEverythingIsBackAndThereIsNoTimer) {
  for (uint64_t phase_ms = 0; phase_ms < 50; ++phase_ms) {
    Simulation simulation;
    simulation.Run(1000 + phase_ms, Steady(500 * kMega, Always));
    simulation.Run(90, Steady(3 * kMega, Never));
    EXPECT_GE(simulation.Held(), 500 * kMega) << "one quiet tick is no silence";
    simulation.Run(110, Steady(3 * kMega, Never));
    EXPECT_EQ(simulation.Held(), 3 * kMega);
    simulation.Run(50, Steady(3 * kMega, Never));
    EXPECT_TRUE(simulation.AtRest());
  }
}

// Pauses of a second are beyond what silence can wait for, so these bursts drive the window to its longest.
TEST(DemandWindowLoadTest, WithTheLongestWindowSilenceStillEndsWithinASecond) {
  Simulation simulation;
  simulation.Run(40000, Bursts(2000));
  ASSERT_EQ(simulation.WindowMs(), 5000U);
  simulation.Run(1000, Bursts(2000));
  simulation.Run(760, Steady(3 * kMega, Never));
  EXPECT_EQ(simulation.Held(), 3 * kMega);
  simulation.Run(240, Steady(3 * kMega, Never));
  EXPECT_TRUE(simulation.AtRest());
}

TEST(DemandWindowLoadTest, AtRestNothingTicks) {
  Simulation simulation;
  simulation.Run(1000, Steady(500 * kMega, Always));
  simulation.Run(1000, Steady(3 * kMega, Never));
  const uint64_t ticks = simulation.ticks();
  simulation.Run(600000, Steady(3 * kMega, Never));
  EXPECT_EQ(simulation.ticks(), ticks);
}

// Each check wakes the governor: once, then until its slots are drained and what they held is given back.
TEST(DemandWindowLoadTest, AHealthCheckCostsAFewTicks) {
  Simulation simulation;
  simulation.Run(599000, Steady(3 * kMega, [](uint64_t now_ms) { return now_ms % 10000 == 0; }));
  EXPECT_TRUE(simulation.AtRest());
  EXPECT_GE(simulation.ticks(), 59 * 2U);
  EXPECT_LE(simulation.ticks(), 61 * 4U);
  EXPECT_EQ(simulation.Held(), 3 * kMega);
}

TEST(DemandWindowLoadTest, WithoutRegretsTheWindowShrinksToItsShortest) {
  Simulation simulation;
  simulation.Run(5000, Steady(100 * kMega, Always));
  EXPECT_LT(simulation.WindowMs(), 250U);
  EXPECT_GT(simulation.WindowMs(), 100U);
  simulation.Run(5000, Steady(100 * kMega, Always));
  EXPECT_EQ(simulation.WindowMs(), 100U);
}

}  // namespace
}  // namespace memgov
