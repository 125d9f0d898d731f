// The release policy in made-up time.
#include "governor/release/policy.h"

#include <gtest/gtest.h>

#include <functional>
#include <vector>

namespace memgov {
namespace {

constexpr uint64_t kMillisecond = 1000000;
constexpr uint64_t kSecond = 1000 * kMillisecond;
constexpr uint64_t kMega = 1 << 20;
constexpr PolicySettings kDefaults{10 * kSecond, kSecond};

struct Release {
  Trigger trigger;
  uint64_t at_ns;
};

// Bytes allocated up to a moment.
using Traffic = std::function<uint64_t(uint64_t now_ns)>;

Traffic Steady(uint64_t bytes_per_second) {
  return [=](uint64_t now_ns) { return now_ns / kMillisecond * bytes_per_second / 1000; };
}

// Ticks as the governor does: whenever the policy asked for it, and, when it asked for none, as soon as
// something happens.
std::vector<Release> Simulate(PolicySettings settings, uint64_t duration_ns, const Traffic& traffic) {
  ReleasePolicy policy(settings);
  std::vector<Release> releases;
  uint64_t now = 1;
  while (now < duration_ns) {
    const Decision decision = policy.Tick({now, traffic(now), 0});
    if (decision.trigger != Trigger::kNone) releases.push_back({decision.trigger, now});
    if (decision.sleep_ns != kSleepUntilWoken) {
      now += decision.sleep_ns;
      continue;
    }
    const uint64_t before = traffic(now);
    while (now < duration_ns && traffic(now) == before) now += kMillisecond;
  }
  return releases;
}

int Count(const std::vector<Release>& releases, Trigger trigger) {
  int count = 0;
  for (const Release& release : releases) count += release.trigger == trigger;
  return count;
}

TEST(ReleasePolicyTest, NothingHappenedSleepsUntilWoken) {
  ReleasePolicy policy(kDefaults);
  for (uint64_t now = kSecond; now < 100 * kSecond; now += kSecond) {
    const Decision decision = policy.Tick({now, 0, 0});
    EXPECT_EQ(decision.trigger, Trigger::kNone);
    EXPECT_EQ(decision.sleep_ns, kSleepUntilWoken);
  }
}

TEST(ReleasePolicyTest, ABurstIsFollowedByOneIdleRelease) {
  const auto burst = [](uint64_t now) { return now < 5 * kSecond ? 0 : 200 * kMega; };
  const std::vector<Release> releases = Simulate(kDefaults, 100 * kSecond, burst);
  ASSERT_EQ(releases.size(), 1U);
  EXPECT_EQ(releases[0].trigger, Trigger::kIdle);
  EXPECT_GE(releases[0].at_ns, 6 * kSecond);
  EXPECT_LE(releases[0].at_ns, 6 * kSecond + 2 * ReleasePolicy::kLongestSleepNs);
}

TEST(ReleasePolicyTest, AfterAReleaseWithNothingNewItSleepsUntilWoken) {
  ReleasePolicy policy(kDefaults);
  policy.Tick({kSecond, 0, 0});
  EXPECT_NE(policy.Tick({2 * kSecond, 10 * kMega, 0}).sleep_ns, kSleepUntilWoken);
  const Decision decision = policy.Tick({3 * kSecond, 10 * kMega, 0});
  EXPECT_EQ(decision.trigger, Trigger::kIdle);
  EXPECT_EQ(decision.sleep_ns, kSleepUntilWoken);
}

TEST(ReleasePolicyTest, SteadyLowTrafficIsReleasedToo) {
  const std::vector<Release> releases = Simulate(kDefaults, 60 * kSecond, Steady(100 * 1000));
  EXPECT_EQ(Count(releases, Trigger::kPeriodic), 0);
  EXPECT_GE(Count(releases, Trigger::kIdle), 30);
  EXPECT_LE(Count(releases, Trigger::kIdle), 60);
}

TEST(ReleasePolicyTest, SteadyHeavyTrafficIsReleasedPeriodicallyOnly) {
  const std::vector<Release> releases = Simulate(kDefaults, 60 * kSecond + 1, Steady(100 * kMega));
  EXPECT_EQ(Count(releases, Trigger::kIdle), 0);
  EXPECT_EQ(Count(releases, Trigger::kPeriodic), 5);
  for (size_t index = 1; index < releases.size(); ++index) {
    EXPECT_GE(releases[index].at_ns - releases[index - 1].at_ns, 10 * kSecond);
  }
}

// Just over 1 MiB within the idle time is no silence.
TEST(ReleasePolicyTest, TrafficAboveTheThresholdIsNotIdle) {
  EXPECT_EQ(Count(Simulate(kDefaults, 60 * kSecond, Steady(3 * kMega / 2)), Trigger::kIdle), 0);
}

TEST(ReleasePolicyTest, FreesAloneCountAsActivity) {
  ReleasePolicy policy(kDefaults);
  policy.Tick({kSecond, 0, 0});
  EXPECT_NE(policy.Tick({2 * kSecond, 0, 50 * kMega}).sleep_ns, kSleepUntilWoken);
  EXPECT_EQ(policy.Tick({3 * kSecond, 0, 50 * kMega}).trigger, Trigger::kIdle);
}

// The first tick comes when the governor starts: what the process did until then is to be given back as well.
TEST(ReleasePolicyTest, WhatHappenedBeforeTheFirstTickCounts) {
  ReleasePolicy policy(kDefaults);
  EXPECT_EQ(policy.Tick({kSecond, 100 * kMega, 0}).trigger, Trigger::kNone);
  EXPECT_EQ(policy.Tick({2 * kSecond, 100 * kMega, 0}).trigger, Trigger::kIdle);
}

TEST(ReleasePolicyTest, AllOffNeverReleasesAndNeverWakes) {
  ReleasePolicy policy(PolicySettings{});
  for (uint64_t now = kSecond; now < 100 * kSecond; now += kSecond) {
    const Decision decision = policy.Tick({now, now, now});
    EXPECT_EQ(decision.trigger, Trigger::kNone);
    EXPECT_EQ(decision.sleep_ns, kSleepUntilWoken);
  }
}

TEST(ReleasePolicyTest, IdleOffLeavesThePeriodicOne) {
  const std::vector<Release> releases = Simulate({10 * kSecond, 0}, 60 * kSecond, Steady(100 * 1000));
  EXPECT_EQ(Count(releases, Trigger::kIdle), 0);
  EXPECT_EQ(Count(releases, Trigger::kPeriodic), 5);
}

TEST(ReleasePolicyTest, PeriodicOffLeavesTheIdleOne) {
  EXPECT_TRUE(Simulate({0, kSecond}, 60 * kSecond, Steady(100 * kMega)).empty());
  const auto burst = [](uint64_t now) { return now < 5 * kSecond ? 0 : 200 * kMega; };
  EXPECT_EQ(Count(Simulate({0, kSecond}, 60 * kSecond, burst), Trigger::kIdle), 1);
}

constexpr PolicySettings kLulls{0, kSecond, 10 * kSecond};

Traffic FastThenSlow(uint64_t fast, uint64_t slow) {
  return [=](uint64_t now) {
    const uint64_t first = now < 30 * kSecond ? now : 30 * kSecond;
    return first / kMillisecond * fast / 1000 + (now - first) / kMillisecond * slow / 1000;
  };
}

TEST(ReleasePolicyTest, SteadyTrafficIsNoLullWhateverItsRate) {
  for (const uint64_t rate : {3 * kMega, 30 * kMega, 3000 * kMega}) {
    EXPECT_TRUE(Simulate(kLulls, 120 * kSecond, Steady(rate)).empty()) << rate;
    EXPECT_TRUE(Simulate(kLulls, 120 * kSecond, FastThenSlow(8 * rate, rate)).empty()) << rate;
  }
}

TEST(ReleasePolicyTest, LowTrafficAfterABurstIsOneLull) {
  const std::vector<Release> releases =
      Simulate(kLulls, 120 * kSecond, FastThenSlow(400 * kMega, 20 * kMega));
  ASSERT_EQ(releases.size(), 1U);
  EXPECT_EQ(releases[0].trigger, Trigger::kIdle);
  EXPECT_GE(releases[0].at_ns, 31 * kSecond);
  EXPECT_LE(releases[0].at_ns, 33 * kSecond);
}

TEST(ReleasePolicyTest, LullsKeepTheirDistance) {
  const auto bursts = [](uint64_t now) { return (now / (4 * kSecond)) * 400 * kMega + now / 1000 * 4; };
  const std::vector<Release> releases = Simulate(kLulls, 120 * kSecond, bursts);
  EXPECT_GE(releases.size(), 3U);
  for (size_t index = 1; index < releases.size(); ++index) {
    EXPECT_GE(releases[index].at_ns - releases[index - 1].at_ns, 10 * kSecond);
  }
}

// It is the begin of a burst: a release would stop it.
TEST(ReleasePolicyTest, TheFirstTrafficAfterARestIsNoLull) {
  const auto two_bursts = [](uint64_t now) {
    const uint64_t first = now < 5 * kSecond ? now : 5 * kSecond;
    const uint64_t second = now < 90 * kSecond ? 0 : now - 90 * kSecond;
    return (first + second) / kMillisecond * kMega;
  };
  for (const Release& release : Simulate(kLulls, 95 * kSecond, two_bursts)) {
    EXPECT_LT(release.at_ns, 20 * kSecond);
  }
}

TEST(ReleasePolicyTest, WithLullsSteadyLowTrafficIsStillIdle) {
  EXPECT_GE(Count(Simulate(kLulls, 60 * kSecond, Steady(100 * 1000)), Trigger::kIdle), 30);
}

TEST(ReleasePolicyTest, SleepsAQuarterOfTheIdleTimeWithinBounds) {
  struct Case {
    PolicySettings settings;
    uint64_t sleep_ns;
  };
  constexpr Case kCases[] = {{{10 * kSecond, kSecond}, 250 * kMillisecond},
                             {{10 * kSecond, 400 * kMillisecond}, 100 * kMillisecond},
                             {{10 * kSecond, 10 * kMillisecond}, ReleasePolicy::kShortestSleepNs},
                             {{10 * kSecond, 3600 * kSecond}, ReleasePolicy::kLongestSleepNs},
                             {{10 * kSecond, 0}, ReleasePolicy::kLongestSleepNs}};
  for (const Case& one : kCases) {
    ReleasePolicy policy(one.settings);
    EXPECT_EQ(policy.Tick({kSecond, kMega, 0}).sleep_ns, one.sleep_ns);
  }
}

}  // namespace
}  // namespace memgov
