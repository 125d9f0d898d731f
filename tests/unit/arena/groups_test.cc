// Groups of shards. They are the process's: each case has a child.
#include "shim/arena/groups.h"

#include <gtest/gtest.h>

#include <set>

#include <algorithm>
#include <functional>
#include <vector>

#include "shim/arena/shards.h"
#include "unit/child.h"
#include "unit/threads.h"

namespace memgov::arena {
namespace {

void InChild(const std::function<void()>& body) {
  const ChildEnd end = RunInChild(body);
  EXPECT_EQ(end.status, 0) << end.error_text;
}

// Every shard belongs to one group, and threads find all of their group's and no other.
void CheckRanges(uint32_t most_shards) {
  uint32_t next = 0;
  for (uint32_t group = 0; group < groups::Count(); ++group) {
    const groups::ShardRange range = groups::ShardsOf(group);
    EXPECT_EQ(range.first, next) << group;
    EXPECT_GE(range.count, 1U) << group;
    next += range.count;
    std::vector<bool> found(range.count);
    for (uint32_t id = 0; id < 100; ++id) {
      const uint32_t shard = groups::ShardFor(group, id);
      ASSERT_GE(shard, range.first);
      ASSERT_LT(shard, range.first + range.count);
      found[shard - range.first] = true;
    }
    EXPECT_EQ(std::count(found.begin(), found.end(), true), range.count) << group;
    EXPECT_LT(groups::ShardFor(group, UINT32_MAX), next) << "an id that is none";
  }
  EXPECT_EQ(groups::ShardCount(), next);
  EXPECT_LE(next, most_shards);
}

struct Case {
  int cpus;
  int64_t most;
  uint32_t shared;            // shards of the shared group
  std::vector<uint32_t> own;  // those of the groups that pools get, until none is left
};
const Case kCases[] = {
    {0, 0, 1, {1, 1, 1, 1, 1, 1, 1}},
    {1, 0, 1, {1, 1, 1, 1, 1, 1, 1}},
    {2, 0, 2, {2, 2, 2}},
    {3, 0, 3, {3, 2}},
    {4, 0, 4, {4}},
    {128, 0, 4, {4}},
    {128, 1, 1, {}},
    {2, 1, 1, {}},
    {128, 3, 3, {}},
    {2, 3, 2, {1}},
    {4, 8, 4, {4}},
    {4, 16, 4, {4, 4, 4}},
    {4, 17, 4, {4, 4, 4}},
    {4, 4096, 4, {4, 4, 4}},
    {1, 16, 1, {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}},
};

TEST(GroupsTest, SharesByCpusUnderTheCap) {
  for (const Case& each : kCases) {
    SCOPED_TRACE(testing::Message() << each.cpus << " CPUs, at most " << each.most);
    InChild([&] {
      groups::Start(each.cpus, each.most);
      EXPECT_EQ(groups::Count(), 1U);
      EXPECT_EQ(groups::ShardsOf(groups::kShared).count, each.shared);
      const uint32_t most = each.most == 0 ? 8 : static_cast<uint32_t>(std::min<int64_t>(each.most, 16));
      for (PoolId pool = 1; pool < kMostPools; ++pool) {
        EXPECT_EQ(groups::GroupOf(pool), groups::kShared);
        groups::Give(pool);
        CheckRanges(most);
        const bool got = pool <= each.own.size();
        ASSERT_EQ(groups::GroupOf(pool), got ? pool : groups::kShared);
        if (got) {
          EXPECT_EQ(groups::ShardsOf(pool).count, each.own[pool - 1]);
        }
      }
      EXPECT_EQ(groups::Count(), 1 + each.own.size());
    });
  }
}

TEST(GroupsTest, APoolGetsOneGroup) {
  InChild([] {
    groups::Start(1, 4);
    groups::Give(7);
    groups::Give(7);
    EXPECT_EQ(groups::Count(), 2U);
    EXPECT_EQ(groups::GroupOf(7), 1U);
    EXPECT_EQ(groups::ShardCount(), 2U);
  });
}

TEST(GroupsTest, WhatIsNoPoolGetsNone) {
  InChild([] {
    groups::Start(1, 8);
    groups::Give(kUnresolvedPool);
    groups::Give(kNoPool);
    groups::Give(kMostPools);
    EXPECT_EQ(groups::Count(), 1U);
    EXPECT_EQ(groups::GroupOf(kNoPool), groups::kShared);
    EXPECT_EQ(groups::GroupOf(kMostPools), groups::kShared);
  });
}

TEST(GroupsTest, ManyAtOnceGetOneEach) {
  InChild([] {
    groups::Start(1, 16);
    RunOnThreads(8, [](int) {
      for (PoolId pool = 1; pool < 13; ++pool) groups::Give(pool);
    });
    EXPECT_EQ(groups::Count(), 13U);
    CheckRanges(16);
    std::set<uint32_t> seen;
    for (PoolId pool = 1; pool < 13; ++pool) EXPECT_TRUE(seen.insert(groups::GroupOf(pool)).second);
  });
}

}  // namespace
}  // namespace memgov::arena
