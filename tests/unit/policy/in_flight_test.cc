#include "governor/policy/in_flight.h"

#include <gtest/gtest.h>

namespace memgov {
namespace {

constexpr uint64_t kMega = 1 << 20;
constexpr uint64_t kMs = 1000000;

TEST(InFlightTest, WhatWasHandedOutCountsUntilItIsCharged) {
  InFlight in_flight;
  EXPECT_EQ(in_flight.Note({1000 * kMs, 100 * kMega, 0, 50 * kMega}),
            0u);  // before the first reading: history
  EXPECT_EQ(in_flight.Note({1001 * kMs, 110 * kMega, 0, 50 * kMega}), 10 * kMega);
  EXPECT_EQ(in_flight.Note({1002 * kMs, 110 * kMega, 0, 54 * kMega}), 6 * kMega);
  EXPECT_EQ(in_flight.Note({1003 * kMs, 111 * kMega, 0, 70 * kMega}), 0u);
}

TEST(InFlightTest, IsForgottenByHalves) {
  InFlight in_flight;
  in_flight.Note({1000 * kMs, 0, 0, 0});
  EXPECT_EQ(in_flight.Note({1001 * kMs, 64 * kMega, 0, 0}), 64 * kMega);
  EXPECT_EQ(in_flight.Note({1021 * kMs, 64 * kMega, 0, 0}), 32 * kMega);
  EXPECT_EQ(in_flight.Note({1061 * kMs, 64 * kMega, 0, 0}), 8 * kMega);
  EXPECT_EQ(in_flight.Note({9000 * kMs, 65 * kMega, 0, 0}), 0u);
}

TEST(InFlightTest, GivingBackIsNoGrowth) {
  InFlight in_flight;
  in_flight.Note({1000 * kMs, 0, 0, 100 * kMega});
  EXPECT_EQ(in_flight.Note({1001 * kMs, 8 * kMega, 0, 40 * kMega}), 8 * kMega);
}

TEST(InFlightTest, ReadingsInQuickSuccessionDoNotKeepItAlive) {
  InFlight in_flight;
  in_flight.Note({1000 * kMs, 0, 0, 0});
  in_flight.Note({1001 * kMs, 64 * kMega, 0, 0});
  uint64_t left = 0;
  for (uint64_t ms = 1002; ms < 1500; ++ms) left = in_flight.Note({ms * kMs, 64 * kMega, 0, 0});
  EXPECT_LT(left, kMega);
}

TEST(InFlightTest, ALateReadingHandsNothingOutTwice) {
  InFlight in_flight;
  in_flight.Note({1000 * kMs, 100 * kMega, 0, 0});
  in_flight.Note({1001 * kMs, 110 * kMega, 0, 10 * kMega});
  EXPECT_EQ(in_flight.Note({1002 * kMs, 103 * kMega, 0, 10 * kMega}), 0u);
  EXPECT_EQ(in_flight.Note({1003 * kMs, 110 * kMega, 0, 10 * kMega}), 0u);
}

TEST(InFlightTest, AReadingThatBeganEarlierAndCameLaterChangesNothing) {
  InFlight in_flight;
  in_flight.Note({1000 * kMs, 0, 0, 500 * kMega});
  EXPECT_EQ(in_flight.Note({1005 * kMs, 400 * kMega, 0, 800 * kMega}), 100 * kMega);
  EXPECT_EQ(in_flight.Note({1002 * kMs, 0, 0, 500 * kMega}), 100 * kMega);
  EXPECT_EQ(in_flight.Note({1006 * kMs, 400 * kMega, 0, 800 * kMega}), 100 * kMega);
}

TEST(InFlightTest, TheClockMayRestart) {
  InFlight in_flight;
  in_flight.Note({1000 * kMs, 100 * kMega, 0, 0});
  EXPECT_EQ(in_flight.Note({5 * kMs, 101 * kMega, 0, 0}), kMega);
  EXPECT_EQ(in_flight.Note({25 * kMs, 101 * kMega, 0, 0}), kMega / 2);
}

TEST(InFlightTest, UntouchedBuffersThatWereReturnedAreNotInFlight) {
  InFlight in_flight;
  in_flight.Note({1000 * kMs, 0, 0, 50 * kMega});
  // A hundred of 40 MiB, one after the other; the last is still there.
  EXPECT_EQ(in_flight.Note({1001 * kMs, 4000 * kMega, 3960 * kMega, 50 * kMega}), 40 * kMega);
  EXPECT_EQ(in_flight.Note({1002 * kMs, 4000 * kMega, 4000 * kMega, 50 * kMega}), 0u);
}

TEST(InFlightTest, TouchedBuffersThatWereReturnedTakeNothingFromOthers) {
  InFlight in_flight;
  in_flight.Note({1000 * kMs, 0, 0, 50 * kMega});
  EXPECT_EQ(in_flight.Note({1001 * kMs, 40 * kMega, 0, 90 * kMega}), 0u);
  EXPECT_EQ(in_flight.Note({1002 * kMs, 70 * kMega, 0, 90 * kMega}), 30 * kMega);
  EXPECT_EQ(in_flight.Note({1003 * kMs, 70 * kMega, 40 * kMega, 50 * kMega}), 30 * kMega);
}

TEST(InFlightTest, AReturnThatIsCountedAfterItsPagesWentIsMatchedWithThem) {
  InFlight in_flight;
  in_flight.Note({1000 * kMs, 0, 0, 90 * kMega});
  EXPECT_EQ(in_flight.Note({1001 * kMs, 30 * kMega, 0, 50 * kMega}), 30 * kMega);
  EXPECT_EQ(in_flight.Note({1002 * kMs, 30 * kMega, 40 * kMega, 50 * kMega}), 30 * kMega);
}

}  // namespace
}  // namespace memgov
