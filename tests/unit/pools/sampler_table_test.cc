// The sampler's table: what is put in is taken out, once, from the pool where it counts.
#include <gtest/gtest.h>

#include <atomic>
#include <vector>

#include "governor/pools/pool_table.h"
#include "governor/pools/sampler.h"
#include "governor/pools/thread_registry.h"
#include "random.h"
#include "unit/child.h"
#include "unit/threads.h"

namespace memgov {
namespace {

constexpr int64_t kMega = 1 << 20;

const void* Block(uint64_t number) {
  return reinterpret_cast<const void*>((number + 1) * sampler::kAlignment);
}
int64_t Live(PoolId pool) { return pools::Get(pool).live_bytes.load(); }

class SamplerTableTest : public testing::Test {
 protected:
  SamplerTableTest() : record_(threads::Acquire(nullptr, nullptr)), io_(pools::Intern("io")) {}
  ~SamplerTableTest() override { threads::Abandon(record_); }

  ThreadRecord* const record_;
  const PoolId io_;
};

TEST_F(SamplerTableTest, InsertAndRemove) {
  const int64_t before = Live(io_);
  const uint64_t freed = sampler::FreedBytes();
  record_->current_pool = io_;
  sampler::Insert(*record_, Block(1), 64 * kMega);
  EXPECT_EQ(Live(io_), before + 64 * kMega);
  record_->current_pool = kMainPool;  // what is freed leaves the pool where it was allocated
  EXPECT_NE(sampler::Remove(Block(1)), sampler::kNoTag);
  EXPECT_EQ(Live(io_), before);
  EXPECT_EQ(sampler::FreedBytes(), freed + 64 * kMega);
}

TEST_F(SamplerTableTest, ASmallBlockStandsForTheMean) {
  const int64_t before = Live(kUnresolvedPool);
  sampler::Insert(*record_, Block(2), 16);
  EXPECT_EQ(Live(kUnresolvedPool), before + static_cast<int64_t>(sampler::kMeanBytes));
  sampler::Remove(Block(2));
  EXPECT_EQ(Live(kUnresolvedPool), before);
}

TEST_F(SamplerTableTest, OneBeyond32BitsOfKilobytesIsCutNotWrapped) {
  const int64_t before = Live(kUnresolvedPool);
  sampler::Insert(*record_, Block(3), SIZE_MAX / 2);
  EXPECT_EQ(Live(kUnresolvedPool), before + int64_t{UINT32_MAX} * 1024);
  sampler::Remove(Block(3));
  EXPECT_EQ(Live(kUnresolvedPool), before);
}

TEST_F(SamplerTableTest, RemovingWhatIsNoSampleChangesNothing) {
  const uint64_t freed = sampler::FreedBytes();
  EXPECT_EQ(sampler::Remove(Block(4)), sampler::kNoTag);
  sampler::Insert(*record_, Block(4), kMega);
  EXPECT_NE(sampler::Remove(Block(4)), sampler::kNoTag);
  EXPECT_EQ(sampler::Remove(Block(4)), sampler::kNoTag);
  EXPECT_GT(sampler::FreedBytes(), freed);
  EXPECT_EQ(Live(kUnresolvedPool), 0);
}

TEST_F(SamplerTableTest, RestoreUndoesRemove) {
  record_->current_pool = io_;
  sampler::Insert(*record_, Block(5), 3 * kMega);
  const int64_t inserted = Live(io_);
  const sampler::Tag tag = sampler::Remove(Block(5));
  sampler::Restore(Block(5), tag);
  EXPECT_EQ(Live(io_), inserted);
  EXPECT_EQ(sampler::Remove(Block(5)), tag);
}

TEST_F(SamplerTableTest, TheFilterHoldsWhatTheTableHolds) {
  const void* collides = Block(9 + sampler::kFilterSize);  // another block, the same place in the filter
  EXPECT_FALSE(sampler::MayHold(Block(9)));
  sampler::Insert(*record_, Block(9), 16);
  sampler::Insert(*record_, collides, 16);
  EXPECT_TRUE(sampler::MayHold(Block(9)));
  const sampler::Tag tag = sampler::Remove(collides);
  EXPECT_TRUE(sampler::MayHold(Block(9)));
  sampler::Remove(Block(9));
  EXPECT_FALSE(sampler::MayHold(Block(9)));
  sampler::Restore(collides, tag);
  EXPECT_TRUE(sampler::MayHold(collides));
  sampler::Remove(collides);
  EXPECT_FALSE(sampler::MayHold(collides));
}

TEST_F(SamplerTableTest, ReattributeMovesTheUnresolvedSamplesOfOneThread) {
  ThreadRecord* other = threads::Acquire(nullptr, nullptr);
  const int64_t before = Live(io_);
  sampler::Insert(*record_, Block(6), 64 * kMega);
  sampler::Insert(*other, Block(7), 32 * kMega);
  record_->current_pool = kMainPool;
  sampler::Insert(*record_, Block(8), 128 * kMega);
  pools::Get(kUnresolvedPool).peak_bytes = 96 * kMega;
  sampler::Reattribute(*record_, io_);
  EXPECT_EQ(pools::Get(kUnresolvedPool).peak_bytes, 32 * kMega);
  EXPECT_EQ(Live(io_), before + 64 * kMega);
  EXPECT_EQ(Live(kUnresolvedPool), 32 * kMega);
  EXPECT_EQ(Live(kMainPool), 128 * kMega);
  for (uint64_t number = 6; number <= 8; ++number) EXPECT_NE(sampler::Remove(Block(number)), sampler::kNoTag);
  EXPECT_EQ(Live(io_), before);
  EXPECT_EQ(Live(kUnresolvedPool), 0);
  EXPECT_EQ(Live(kMainPool), 0);
  threads::Abandon(other);
}

TEST_F(SamplerTableTest, AFullTableDropsAndCounts) {
  const ChildEnd end = RunInChild([&] {
    constexpr uint64_t kBlocks = 40000;
    for (uint64_t number = 0; number < kBlocks; ++number) sampler::Insert(*record_, Block(number), 16);
    const uint64_t dropped = sampler::DroppedSamples();
    const uint64_t kept = kBlocks - dropped;
    EXPECT_GT(dropped, kBlocks - 16385);
    EXPECT_GT(kept, 8192U);
    EXPECT_EQ(Live(kUnresolvedPool), static_cast<int64_t>(kept * sampler::kMeanBytes));
    uint64_t removed = 0;
    for (uint64_t number = 0; number < kBlocks; ++number) {
      removed += sampler::Remove(Block(number)) != sampler::kNoTag;
    }
    EXPECT_EQ(removed, kept);
    for (uint64_t number = 0; number < sampler::kFilterSize; ++number) {
      ASSERT_FALSE(sampler::MayHold(Block(number)));
    }
    EXPECT_EQ(Live(kUnresolvedPool), 0);
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

// Eight threads with blocks of their own, and one that moves samples between pools.
TEST_F(SamplerTableTest, ConcurrentUseLosesNothing) {
  constexpr int kThreads = 8;
  constexpr uint64_t kBlocksEach = 200;
  constexpr int kRounds = 60;
  std::vector<ThreadRecord*> records;
  for (int index = 0; index < kThreads; ++index) records.push_back(threads::Acquire(nullptr, nullptr));
  std::atomic<uint64_t> removed{0};
  std::atomic<int> busy{kThreads};
  RunOnThreads(kThreads + 1, [&](int thread) {
    if (thread == kThreads) {
      for (int turn = 0; busy > 0; ++turn) sampler::Reattribute(*records[turn % kThreads], io_);
      return;
    }
    Random random(static_cast<uint64_t>(thread) + 1);
    const uint64_t first = static_cast<uint64_t>(thread) * kBlocksEach + 1000000;
    for (int round = 0; round < kRounds; ++round) {
      for (uint64_t number = first; number < first + kBlocksEach; ++number) {
        sampler::Insert(*records[thread], Block(number), random.Size(24));
      }
      for (uint64_t number = first; number < first + kBlocksEach; ++number) {
        removed += sampler::Remove(Block(number)) != sampler::kNoTag;
      }
    }
    --busy;
  });
  EXPECT_EQ(removed + sampler::DroppedSamples(), kThreads * kBlocksEach * kRounds);
  for (PoolId id = 0; id < pools::Count(); ++id) EXPECT_EQ(Live(id), 0) << pools::Get(id).name;
  for (ThreadRecord* record : records) threads::Abandon(record);
}

}  // namespace
}  // namespace memgov
