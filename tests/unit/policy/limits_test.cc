// From budgets asked for and a container's limit to the limits in force.
#include "governor/policy/limits.h"

#include <gtest/gtest.h>

#include "governor/config/parse.h"
#include "random.h"

namespace memgov {
namespace {

constexpr uint64_t kNone = UINT64_MAX;
constexpr uint64_t kMega = 1 << 20;
constexpr BudgetSpec kAuto{BudgetKind::kAuto, 0};
constexpr BudgetSpec kOff{BudgetKind::kOff, 0};
constexpr BudgetSpec Bytes(uint64_t bytes) { return {BudgetKind::kBytes, bytes}; }
constexpr BudgetSpec Percent(uint64_t percent) { return {BudgetKind::kPercent, percent}; }

TEST(LimitsTest, UnwindReserve) {
  EXPECT_EQ(UnwindReserve(kNone), 0U);
  EXPECT_EQ(UnwindReserve(0), 0U);
  EXPECT_EQ(UnwindReserve(1), 0U);
  EXPECT_EQ(UnwindReserve(kMega), kMega / 2);
  EXPECT_EQ(UnwindReserve(2 * kMega), kMega);
  EXPECT_EQ(UnwindReserve(100 * kMega), kMega);
  EXPECT_EQ(UnwindReserve(256 * kMega), 256 * kMega / 100);
  EXPECT_EQ(UnwindReserve(1600 * kMega), 16 * kMega);
  EXPECT_EQ(UnwindReserve(1 << 30), (1 << 30) / 100);
  EXPECT_EQ(UnwindReserve(uint64_t{64} << 30), 16 * kMega);
}

struct Case {
  const char* what;
  BudgetSpec hard;
  BudgetSpec soft;
  uint64_t container;
  uint64_t machine;
  uint64_t want_soft;
  uint64_t want_hard;
  BudgetSource source;
};

// A container of 1000 MiB has its wall at 990.
constexpr uint64_t kContainer = 1000 * kMega;
constexpr uint64_t kWall = 990 * kMega;
constexpr uint64_t kMachine = 2000 * kMega;
constexpr BudgetSource kFromContainer = BudgetSource::kContainer;
constexpr BudgetSource kFromUser = BudgetSource::kEnvironment;
constexpr BudgetSource kFromNobody = BudgetSource::kNone;

const Case kCases[] = {
    {"auto in a container", kAuto, kAuto, kContainer, kMachine, 798 * kMega, 950 * kMega, kFromContainer},
    {"auto without one", kAuto, kAuto, kNone, kMachine, kNone, kNone, kFromNobody},
    {"off in a container", kOff, kAuto, kContainer, kMachine, kNone, kNone, kFromNobody},
    {"off, soft asked for", kOff, Bytes(kMega), kContainer, kMachine, kNone, kNone, kFromNobody},
    {"bytes", Bytes(500 * kMega), kAuto, kContainer, kMachine, 420 * kMega, 500 * kMega, kFromUser},
    {"bytes without container", Bytes(500 * kMega), kAuto, kNone, 0, 420 * kMega, 500 * kMega, kFromUser},
    {"bytes above the wall", Bytes(995 * kMega), kAuto, kContainer, 0, kWall * 84 / 100, kWall,
     kFromContainer},
    {"bytes at the wall", Bytes(kWall), kOff, kContainer, 0, kWall, kWall, kFromUser},
    {"bytes of UINT64_MAX", Bytes(kNone), kOff, kContainer, 0, kWall, kWall, kFromContainer},
    {"the same without one", Bytes(kNone), kAuto, kNone, 0, kNone, kNone, kFromNobody},
    {"percent of the container", Percent(50), kAuto, kContainer, kMachine, 420 * kMega, 500 * kMega,
     kFromUser},
    {"percent of the machine", Percent(50), kAuto, kNone, kMachine, 840 * kMega, 1000 * kMega, kFromUser},
    {"percent of nothing known", Percent(50), kAuto, kNone, 0, kNone, kNone, kFromNobody},
    {"all of the container", Percent(100), kOff, kContainer, kMachine, kWall, kWall, kFromContainer},
    {"all of the machine", Percent(100), kOff, kNone, kMachine, kMachine, kMachine, kFromUser},
    {"more than all", Percent(700), kOff, kNone, kMachine, kMachine, kMachine, kFromUser},
    {"none of it is 1 %", Percent(0), kOff, kNone, kMachine, 20 * kMega, 20 * kMega, kFromUser},
    {"soft in bytes", kAuto, Bytes(300 * kMega), kContainer, 0, 300 * kMega, 950 * kMega, kFromContainer},
    {"soft in percent", kAuto, Percent(50), kContainer, 0, 475 * kMega, 950 * kMega, kFromContainer},
    {"soft all of hard", kAuto, Percent(100), kContainer, 0, 950 * kMega, 950 * kMega, kFromContainer},
    {"soft off", kAuto, kOff, kContainer, 0, 950 * kMega, 950 * kMega, kFromContainer},
    {"soft above hard", Bytes(500 * kMega), Bytes(600 * kMega), kNone, 0, 420 * kMega, 500 * kMega,
     kFromUser},
    {"soft is hard", Bytes(500 * kMega), Bytes(500 * kMega), kNone, 0, 500 * kMega, 500 * kMega, kFromUser},
    {"soft alone", kAuto, Bytes(300 * kMega), kNone, kMachine, 300 * kMega, kNone, kFromUser},
    {"nothing", Bytes(0), Bytes(0), kNone, 0, 1, 1, kFromUser},
    {"hard of one byte", Bytes(1), kAuto, kNone, 0, 1, 1, kFromUser},
    {"no soft", Bytes(500 * kMega), Bytes(0), kNone, 0, 1, 500 * kMega, kFromUser},
};

TEST(LimitsTest, Table) {
  for (const Case& one : kCases) {
    LimitInputs inputs;
    inputs.hard = one.hard;
    inputs.soft = one.soft;
    inputs.container_bytes = one.container;
    inputs.machine_bytes = one.machine;
    const Limits limits = ResolveLimits(inputs);
    EXPECT_EQ(limits.soft_bytes, one.want_soft) << one.what;
    EXPECT_EQ(limits.hard_bytes, one.want_hard) << one.what;
    EXPECT_STREQ(BudgetSourceName(limits.source), BudgetSourceName(one.source)) << one.what;
    EXPECT_EQ(limits.Any(), one.source != kFromNobody) << one.what;
    EXPECT_EQ(limits.container_bytes, one.container) << one.what;
    const bool walled = one.container != kNone && one.hard.kind != BudgetKind::kOff;
    EXPECT_EQ(limits.wall_bytes, walled ? kWall : kNone) << one.what;
  }
}

TEST(LimitsTest, TheSourceIsWhoAsked) {
  LimitInputs inputs;
  inputs.hard = Bytes(100 * kMega);
  inputs.asked_by = BudgetSource::kApi;
  EXPECT_EQ(ResolveLimits(inputs).source, BudgetSource::kApi);
  EXPECT_STREQ(BudgetSourceName(BudgetSource::kApi), "API");
}

TEST(LimitsTest, TheDefaultIsAutoWithSoftAt80PercentOfTheContainer) {
  LimitInputs inputs;
  inputs.container_bytes = 10000 * kMega;
  const Limits limits = ResolveLimits(inputs);
  EXPECT_EQ(limits.hard_bytes, 9500 * kMega);
  EXPECT_EQ(limits.soft_bytes, 7980 * kMega);
  EXPECT_EQ(limits.wall_bytes, 9984 * kMega);
}

// In a container so small that the reserve is more than 5 %: what applies is the wall.
TEST(LimitsTest, SmallContainers) {
  LimitInputs inputs;
  inputs.container_bytes = 8 * kMega;
  Limits limits = ResolveLimits(inputs);
  EXPECT_EQ(limits.wall_bytes, 7 * kMega);
  EXPECT_EQ(limits.hard_bytes, 7 * kMega);
  EXPECT_EQ(limits.source, BudgetSource::kContainer);
  inputs.container_bytes = 0;
  limits = ResolveLimits(inputs);
  EXPECT_EQ(limits.wall_bytes, 1U);
  EXPECT_EQ(limits.hard_bytes, 1U);
  EXPECT_EQ(limits.soft_bytes, 1U);
}

TEST(LimitsTest, SpecFromOption) {
  struct {
    const char* text;
    BudgetKind kind;
    uint64_t amount;
  } const kSpecs[] = {{"auto", BudgetKind::kAuto, 0},
                      {"off", BudgetKind::kOff, 0},
                      {"512M", BudgetKind::kBytes, 512 * kMega},
                      {"1%", BudgetKind::kPercent, 1},
                      {"100%", BudgetKind::kPercent, 100}};
  for (const auto& one : kSpecs) {
    int64_t value = 0;
    ASSERT_TRUE(ParseBudget(one.text, &value)) << one.text;
    const BudgetSpec spec = SpecFromOption(value);
    EXPECT_EQ(spec.kind, one.kind) << one.text;
    EXPECT_EQ(spec.amount, one.amount) << one.text;
  }
  EXPECT_EQ(SpecFromOption(-101).amount, 100U);
  EXPECT_EQ(SpecFromOption(INT64_MIN + 1).amount, 100U);
  EXPECT_EQ(SpecFromOption(INT64_MAX).amount, static_cast<uint64_t>(INT64_MAX));
}

uint64_t AnyBytes(Random& random) {
  if (random.Below(4) == 0) return kNone;
  return random.Next() >> random.Below(64);
}

BudgetSpec AnySpec(Random& random) { return {static_cast<BudgetKind>(random.Below(4)), AnyBytes(random)}; }

TEST(LimitsTest, WhateverIsAskedForTheLimitsAreInOrder) {
  Random random(21);
  for (int round = 0; round < 500000 && !HasFailure(); ++round) {
    LimitInputs inputs;
    inputs.hard = AnySpec(random);
    inputs.soft = AnySpec(random);
    inputs.container_bytes = AnyBytes(random);
    inputs.machine_bytes = AnyBytes(random);
    const Limits limits = ResolveLimits(inputs);
    EXPECT_GE(limits.soft_bytes, 1U);
    EXPECT_LE(limits.soft_bytes, limits.hard_bytes);
    EXPECT_LE(limits.hard_bytes, limits.wall_bytes);
    const bool walled = limits.wall_bytes != kNone;
    EXPECT_EQ(walled, inputs.hard.kind != BudgetKind::kOff && inputs.container_bytes != kNone);
    EXPECT_TRUE(!walled || limits.wall_bytes <= limits.container_bytes);
    EXPECT_EQ(limits.Any(), limits.source != BudgetSource::kNone);
  }
}

}  // namespace
}  // namespace memgov
