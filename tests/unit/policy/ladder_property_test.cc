// The ladder under random readings: what must hold whatever comes.
#include <gtest/gtest.h>

#include "governor/policy/ladder.h"
#include "random.h"
#include "unit/policy/ladder_invariants.h"
#include "unit/policy/ladder_steps.h"

namespace memgov {
namespace {

uint64_t AnyBytes(Random& random) {
  switch (random.Below(8)) {
    case 0:
      return UINT64_MAX;
    case 1:
      return 0;
    case 2:
      return random.Next();
    default:
      return random.Below(1200);
  }
}

uint64_t AnyDelta(Random& random) { return random.Below(20) == 0 ? random.Next() >> random.Below(64) : 0; }

uint64_t AnyLater(Random& random, uint64_t now_ns) {
  switch (random.Below(50)) {
    case 0:
      return random.Next();
    case 1:
      return now_ns;
    default:
      return now_ns + random.Below(200 * kMillisecond);
  }
}

LadderReadings AnyReadings(Random& random, const LadderReadings& before) {
  LadderReadings readings = before;
  readings.now_ns = AnyLater(random, before.now_ns);
  readings.charged_bytes = AnyBytes(random);
  if (random.Below(10) == 0) readings.soft_bytes = AnyBytes(random);
  if (random.Below(10) == 0) readings.hard_bytes = AnyBytes(random);
  readings.pressed = random.Below(20) == 0;
  readings.high_events = AnyDelta(random);
  readings.max_events = AnyDelta(random);
  readings.oom_events = AnyDelta(random);
  return readings;
}

TEST(LadderPropertyTest, WhateverComes) {
  Random random(11);
  Ladder ladder;
  LadderReadings readings;
  int visits[3] = {};
  for (int round = 0; round < 500000; ++round) {
    readings = AnyReadings(random, readings);
    const Rung before = ladder.rung();
    const LadderDecision decision = ladder.Tick(readings);
    ++visits[static_cast<int>(decision.rung)];
    const char* wrong = Broken(readings, decision, before);
    ASSERT_EQ(wrong, nullptr) << wrong << " in round " << round << ": charged " << readings.charged_bytes
                              << " of " << readings.soft_bytes << ", " << readings.hard_bytes;
    if (random.Below(100) == 0) ladder = Ladder();
  }
  for (const int count : visits) EXPECT_GT(count, 1000);
}

// Never on hard without a reason: an excess that began and did not end below 95 %, an oom event, or one of
// these less than half a second ago.
TEST(LadderPropertyTest, HardHasAReason) {
  Random random(12);
  Ladder ladder;
  LadderReadings readings;
  uint64_t reason_ns = 0;
  bool had_reason = false;
  for (int round = 0; round < 500000 && !HasFailure(); ++round) {
    readings.now_ns += random.Below(200 * kMillisecond);
    readings.soft_bytes = kSoft;
    readings.hard_bytes = kHard;
    readings.charged_bytes = random.Below(1020);
    readings.oom_events = random.Below(200) == 0 ? 1 : 0;
    readings.pressed = random.Below(20) == 0;
    const bool was_hard = ladder.rung() == Rung::kHard;
    const LadderDecision decision = ladder.Tick(readings);
    if (readings.charged_bytes >= kHard || readings.oom_events != 0 ||
        (was_hard && readings.charged_bytes >= 950)) {
      had_reason = true;
      reason_ns = readings.now_ns;
    }
    if (decision.rung != Rung::kHard) continue;
    EXPECT_TRUE(had_reason);
    EXPECT_LT(readings.now_ns - reason_ns, Ladder::kHoldNs) << "round " << round;
  }
}

// 100 s of readings each 50 ms. `most` changes in any of them would be 2,000.
int Changes(uint64_t seed, uint64_t least, uint64_t most) {
  Random random(seed);
  Ladder ladder;
  int changes = 0;
  LadderReadings readings;
  readings.soft_bytes = 100 * kSoft;
  readings.hard_bytes = 100 * kHard;
  for (uint64_t tick = 0; tick < 2000; ++tick) {
    readings.now_ns = tick * 50 * kMillisecond;
    readings.charged_bytes = least + random.Below(most - least + 1);
    changes += ladder.Tick(readings).changed;
  }
  return changes;
}

// The hysteresis is wider than noise of 2 % to both sides: one change, that onto the rung.
TEST(LadderPropertyTest, NoiseAroundAThresholdDoesNotFlap) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    EXPECT_EQ(Changes(seed, 98 * kSoft, 102 * kSoft), 1) << "soft, seed " << seed;
    const int changes = Changes(seed, 98 * kHard, 102 * kHard);
    EXPECT_GE(changes, 1) << "hard, seed " << seed;
    EXPECT_LE(changes, 2) << "hard, seed " << seed;  // by way of soft
  }
}

// Wild swings are held back by time: each rung lasts half a second before it is left downwards, so that two
// ways up and one down fit in it.
TEST(LadderPropertyTest, SwingsChangeAtMostThreeTimesInHalfASecond) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    const int changes = Changes(seed, 0, 110 * kHard);
    EXPECT_LE(changes, 3 * 200 + 3) << "seed " << seed;
    EXPECT_GT(changes, 50) << "seed " << seed;
  }
}

// Looking when the ladder says is enough to be back at normal in time after a sign.
TEST(LadderPropertyTest, TheLadderAsksForEveryLookItNeeds) {
  Random random(13);
  for (int round = 0; round < 20000; ++round) {
    Ladder ladder;
    LadderReadings readings;
    readings.charged_bytes = random.Below(1100);
    if (random.Below(2) == 0) readings.soft_bytes = kSoft;
    if (random.Below(2) == 0) readings.hard_bytes = kHard;
    readings.pressed = random.Below(2) == 0;
    readings.oom_events = random.Below(2);
    LadderDecision decision = ladder.Tick(readings);
    readings.pressed = false;
    readings.oom_events = 0;
    readings.charged_bytes = 0;
    uint64_t waited_ns = 0;
    while (decision.rung != Rung::kNormal && waited_ns <= Ladder::kPressedNs + 2 * Ladder::kHoldNs) {
      readings.now_ns += decision.next_ns;
      waited_ns += decision.next_ns;
      decision = ladder.Tick(readings);
    }
    ASSERT_EQ(decision.rung, Rung::kNormal);
  }
}

}  // namespace
}  // namespace memgov
