#include "governor/telemetry/census.h"

#include <gtest/gtest.h>

#include <numeric>
#include <vector>

#include "governor/pools/thread_registry.h"
#include "random.h"
#include "unit/child.h"
#include "unit/fake_engine.h"

namespace memgov {
namespace {

using Bytes = std::vector<uint64_t>;

Bytes Apportioned(uint64_t held, const Bytes& live, const Bytes& peak) {
  Bytes out(live.size(), 4711);
  ApportionHeld(held, live.data(), peak.data(), static_cast<int>(live.size()), out.data());
  return out;
}

TEST(ApportionHeldTest, ByTheFallFromThePeak) {
  EXPECT_EQ(Apportioned(400, {10, 20, 70}, {110, 20, 270}), (Bytes{110, 20, 270}));
  EXPECT_EQ(Apportioned(1000, {0, 0}, {300, 100}), (Bytes{750, 250}));
}

TEST(ApportionHeldTest, ByLiveWhereNobodyFell) {
  EXPECT_EQ(Apportioned(200, {25, 75}, {25, 75}), (Bytes{50, 150}));
  EXPECT_EQ(Apportioned(200, {25, 75}, {0, 10}), (Bytes{50, 150}));
}

TEST(ApportionHeldTest, ZeroCases) {
  EXPECT_EQ(Apportioned(0, {}, {}), (Bytes{}));
  EXPECT_EQ(Apportioned(0, {0, 0}, {0, 0}), (Bytes{0, 0}));
  EXPECT_EQ(Apportioned(100, {0, 0}, {0, 0}), (Bytes{0, 0}));
  EXPECT_EQ(Apportioned(0, {5, 6}, {50, 60}), (Bytes{5, 6}));
  EXPECT_EQ(Apportioned(11, {5, 6}, {50, 60}), (Bytes{5, 6}));
}

TEST(ApportionHeldTest, SumsToHeldAndIsNeverBelowLive) {
  Random random(1);
  for (int round = 0; round < 20000; ++round) {
    const size_t count = 1 + random.Below(64);
    Bytes live(count);
    Bytes peak(count);
    for (size_t pool = 0; pool < count; ++pool) {
      live[pool] = random.Size(36);
      peak[pool] = random.Below(2) == 0 ? live[pool] : random.Size(36);
    }
    const uint64_t live_sum = std::accumulate(live.begin(), live.end(), uint64_t{0});
    const uint64_t held = live_sum + random.Size(38);
    const Bytes out = Apportioned(held, live, peak);
    for (size_t pool = 0; pool < count; ++pool) ASSERT_GE(out[pool], live[pool]);
    const uint64_t sum = std::accumulate(out.begin(), out.end(), uint64_t{0});
    ASSERT_LE(sum, held + count);
    ASSERT_TRUE(live_sum == 0 || sum + count >= held);  // each share is cut to whole bytes
  }
}

// Counted are its held bytes alone: the others share what is left, and its estimate gives way.
TEST(CensusTest, APoolWhoseHeldBytesAreCounted) {
  for (const uint64_t estimated : {uint64_t{3000}, uint64_t{9000}}) {
    const ChildEnd end = RunInChild([estimated] {
      threads::Adopt(nullptr);
      const PoolId own = pools::Intern("own");
      const PoolId shared = pools::Intern("shared");
      pools::Get(own).live_bytes = static_cast<int64_t>(estimated);
      pools::Get(own).peak_bytes = 100000;
      pools::Get(shared).live_bytes = 1000;
      FakeEngine engine;
      engine.held_bytes = uint64_t{1} << 40;  // cut to what is in memory
      engine.own_pool = own;
      engine.own_bytes.held_bytes = 5000;
      engine.own_bytes.counts_live = false;
      const Census census = TakeCensus(engine);
      EXPECT_FALSE(census.pools[own].exact);
      EXPECT_EQ(census.pools[own].held_bytes, 5000u);
      EXPECT_EQ(census.pools[own].live_bytes, estimated < 5000 ? estimated : 5000);
      EXPECT_NEAR(static_cast<double>(census.pools[shared].held_bytes),
                  static_cast<double>(census.held_bytes - 5000), 2);
    });
    EXPECT_EQ(end.status, 0) << end.error_text;
  }
}

TEST(CensusTest, CountsThreadsBytesAndPools) {
  const ChildEnd end = RunInChild([] {
    threads::Adopt(nullptr);
    const PoolId io = pools::Intern("io");
    for (int count = 0; count < 3; ++count) {
      ThreadRecord* record = threads::Acquire(nullptr, nullptr);
      record->thread_pool = io;
      record->allocated_base = 1000;
    }
    threads::Acquire(nullptr, nullptr)->thread_pool = kGovernorPool;
    pools::Get(io).live_bytes = 5000;
    pools::Get(kMainPool).live_bytes = -100;
    FakeEngine engine;
    engine.held_bytes = 8000;
    const Census census = TakeCensus(engine);
    EXPECT_EQ(census.pool_count, pools::Count());
    EXPECT_EQ(census.threads, 4U);  // the host's: not memgov's own
    EXPECT_EQ(census.parked, 0U);
    EXPECT_EQ(census.pools[io].threads, 3U);
    EXPECT_EQ(census.pools[kMainPool].threads, 1U);
    EXPECT_EQ(census.allocated_bytes, 3000U);
    EXPECT_EQ(census.live_bytes, 5000U);
    EXPECT_EQ(census.held_bytes, 8000U);
    EXPECT_EQ(census.pools[io].held_bytes, 8000U);
    EXPECT_EQ(census.pools[kMainPool].live_bytes, 0U);
    EXPECT_GT(census.resident_bytes, 0U);
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST(CensusTest, LiveIsNeverMoreThanHeld) {
  const ChildEnd end = RunInChild([] {
    pools::Get(kMainPool).live_bytes = 9000;
    FakeEngine engine;
    engine.held_bytes = 8000;
    const Census census = TakeCensus(engine);
    EXPECT_EQ(census.live_bytes, 9000U);
    EXPECT_EQ(census.held_bytes, 9000U);
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST(CensusTest, AThreadThatAllocatesIsNotParked) {
  const ChildEnd end = RunInChild([] {
    ThreadRecord* record = threads::Acquire(nullptr, nullptr);
    record->allocated_base = 10;
    EXPECT_EQ(SweepThreads(1000), 10U);
    EXPECT_EQ(record->active_ns, 1000U);
    EXPECT_EQ(SweepThreads(2000), 10U);
    EXPECT_EQ(record->active_ns, 1000U);
    record->allocated_base = 11;
    EXPECT_EQ(SweepThreads(3000), 11U);
    EXPECT_EQ(record->active_ns, 3000U);
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST(CensusTest, PeaksOnlyRise) {
  const ChildEnd end = RunInChild([] {
    Pool& pool = pools::Get(pools::Intern("io"));
    pool.live_bytes = 100;
    NotePeaks();
    pool.live_bytes = 40;
    NotePeaks();
    EXPECT_EQ(pool.peak_bytes, 100);
    pool.live_bytes = 140;
    NotePeaks();
    EXPECT_EQ(pool.peak_bytes, 140);
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

}  // namespace
}  // namespace memgov
