// Pools at their hard limits: slabs, large blocks in chunks and alone, growth in place; and what a pool may
// still have. Each case has a child.
#include <gtest/gtest.h>

#include <functional>
#include <utility>
#include <vector>

#include "governor/budget/budget.h"
#include "governor/budget/gate.h"
#include "governor/config/options.h"
#include "governor/pools/thread_registry.h"
#include "shim/arena/arena_engine.h"
#include "shim/arena/group_limits.h"
#include "shim/arena/groups.h"
#include "unit/child.h"

namespace memgov::arena {
namespace {

constexpr uint64_t kMega = 1 << 20;
constexpr uint64_t kLimit = 8 * kMega;

// The calling thread is one of the limited pool's.
void InLimitedPool(const std::function<void(PoolId)>& body) {
  const ChildEnd end = RunInChild([&] {
    ThreadRecord record;
    record.sample_left = record.sample_interval = UINT64_MAX / 2;
    threads::current = &record;
    options::Set(Option::kArenaMax, "16");
    ArenaEngine::Start();
    const PoolId pool = pools::Intern("limited");
    EXPECT_TRUE(ArenaEngine::LimitPool(pool, kLimit));
    record.current_pool = pool;
    ArenaEngine::OwnerTick();
    body(pool);
    const char* wrong = ArenaEngine::Verify();
    EXPECT_EQ(wrong, nullptr) << wrong;
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

uint64_t Held(PoolId pool) {
  EnginePoolBytes bytes;
  EXPECT_TRUE(ArenaEngine::PoolBytes(pool, &bytes));
  EXPECT_EQ(bytes.held_bytes, group_limits::all[groups::GroupOf(pool)].held.load());
  return bytes.held_bytes;
}

std::vector<void*> Fill(size_t size) {
  std::vector<void*> blocks;
  blocks.reserve(kLimit / size + 1);
  while (void* block = ArenaEngine::Allocate(size)) blocks.push_back(block);
  return blocks;
}

TEST(PoolLimitsTest, EverySizeEndsThere) {
  for (const size_t size :
       {size_t{16}, size_t{1000}, size_t{30000}, size_t{40000}, size_t{500000}, size_t{3000000}}) {
    InLimitedPool([size](PoolId pool) {
      const std::vector<void*> blocks = Fill(size);
      EXPECT_LE(blocks.size() * size, kLimit);
      EXPECT_GT((blocks.size() + 1) * size, kLimit / 10 * 9) << size;
      EXPECT_LE(Held(pool), kLimit);
      EXPECT_GT(budget::ReadCounters().refused, 0u);
      for (void* block : blocks) ArenaEngine::Free(block);
      EXPECT_EQ(Fill(size).size(), blocks.size()) << size;
    });
  }
}

// Address space only: nothing of it is touched.
TEST(PoolLimitsTest, AMappingOfItsOwnCountsAndMayNotGrow) {
  InLimitedPool([](PoolId pool) {
    EXPECT_TRUE(ArenaEngine::LimitPool(pool, 400 * kMega));
    EXPECT_EQ(ArenaEngine::Allocate(400 * kMega + 1), nullptr);
    void* const block = ArenaEngine::Allocate(300 * kMega);
    ASSERT_NE(block, nullptr);
    EXPECT_EQ(Held(pool), 300 * kMega);
    EXPECT_EQ(ArenaEngine::Resize(block, 450 * kMega), nullptr);
    EXPECT_EQ(ArenaEngine::Resize(block, 350 * kMega), block);
    EXPECT_EQ(Held(pool), 350 * kMega);
    EXPECT_EQ(ArenaEngine::Allocate(51 * kMega), nullptr);
    ArenaEngine::Free(block);
    EXPECT_EQ(Held(pool), 0u);
  });
}

TEST(PoolLimitsTest, OtherPoolsGoOn) {
  InLimitedPool([](PoolId) {
    const std::vector<void*> blocks = Fill(1000);
    threads::current->current_pool = pools::Intern("other");
    ArenaEngine::OwnerTick();
    for (const size_t size : {size_t{1000}, size_t{3000000}}) {
      for (uint64_t bytes = 0; bytes < 2 * kLimit; bytes += size)
        ASSERT_NE(ArenaEngine::Allocate(size), nullptr);
    }
  });
}

TEST(PoolLimitsTest, WhatIsFreeOfItsOwnIsToBeHadWhateverItsShard) {
  InLimitedPool([](PoolId pool) {
    const std::vector<void*> blocks = Fill(1000);
    const groups::ShardRange own = groups::ShardsOf(groups::GroupOf(pool));
    ASSERT_GT(own.count, 1u);
    slots::Drain(false);
    ArenaEngine::Free(blocks[0]);
    slots::Drain(false);
    EXPECT_EQ(ArenaEngine::Allocate(1000), blocks[0]);
    EXPECT_EQ(ArenaEngine::Allocate(1000), nullptr);
  });
}

TEST(PoolLimitsTest, ALiftedLimitLimitsNothing) {
  InLimitedPool([](PoolId pool) {
    EXPECT_EQ(ArenaEngine::Allocate(2 * kLimit), nullptr);
    EXPECT_TRUE(ArenaEngine::LimitPool(pool, UINT64_MAX));
    EXPECT_NE(ArenaEngine::Allocate(2 * kLimit), nullptr);
    EXPECT_TRUE(ArenaEngine::LimitPool(pool, kLimit));  // it keeps what it has
    EXPECT_EQ(ArenaEngine::Allocate(1000), nullptr);
  });
}

TEST(PoolLimitsTest, WithoutAShardToGiveThereIsNone) {
  const ChildEnd end = RunInChild([] {
    options::Set(Option::kArenaMax, "1");
    ArenaEngine::Start();
    const PoolId pool = pools::Intern("limited");
    EXPECT_FALSE(ArenaEngine::LimitPool(pool, kLimit));
    EXPECT_EQ(group_limits::all[groups::kShared].limit, UINT64_MAX);
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

}  // namespace
}  // namespace memgov::arena
