// ResolveThreads end to end: real threads, real names. Rules are options, which are global: a child for each
// case.
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "governor/base/os.h"
#include "governor/config/options.h"
#include "governor/pools/pool_table.h"
#include "governor/pools/sampler.h"
#include "governor/pools/thread_naming.h"
#include "unit/child.h"
#include "unit/pools/registered_thread.h"
#include "unit/threads.h"

namespace memgov {
namespace {

std::string PoolNameOf(const RegisteredThread& thread) { return pools::Get(thread.pool()).name; }

// Each call a little later than the one before, as far as the resolver can tell.
uint64_t Later() {
  static std::atomic<uint64_t> ahead{0};
  return os::NowNanoseconds() + (ahead += uint64_t{kLookAgainMs} * 1000000);
}

void ResolveFully() {
  for (int look = 0; look < 20 && ResolveThreads(Later()); ++look) {
  }
}

TEST(ThreadResolveTest, ByNameWithoutTheNumber) {
  const ChildEnd end = RunInChild([] {
    RegisteredThread first("parse-pool-1");
    RegisteredThread second("parse-pool-2");
    RegisteredThread other("io");
    ResolveFully();
    EXPECT_EQ(PoolNameOf(first), "parse-pool");
    EXPECT_EQ(second.pool(), first.pool());
    EXPECT_EQ(PoolNameOf(other), "io");
    EXPECT_EQ(first.record()->current_pool, first.pool());
    EXPECT_EQ(first.record()->binding, Binding::kByName);
    EXPECT_FALSE(ResolveThreads(Later()));
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST(ThreadResolveTest, RulesComeBeforeNames) {
  const ChildEnd end = RunInChild([] {
    ASSERT_TRUE(options::Set(Option::kPools, "parse-*=json;unit_pools=by process name"));
    RegisteredThread ruled("parse-1");
    RegisteredThread named("fetch-1");
    RegisteredThread unnamed(nullptr);
    ResolveFully();
    EXPECT_EQ(PoolNameOf(ruled), "json");
    EXPECT_EQ(PoolNameOf(named), "fetch");
    EXPECT_EQ(PoolNameOf(unnamed), "by process name");
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST(ThreadResolveTest, WhatTheApiBoundStays) {
  const ChildEnd end = RunInChild([] {
    RegisteredThread thread("named-1");
    thread.record()->thread_pool = pools::Intern("by api");
    thread.record()->binding = Binding::kByApi;
    ResolveFully();
    EXPECT_EQ(PoolNameOf(thread), "by api");
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST(ThreadResolveTest, ALaterNameMovesNothing) {
  const ChildEnd end = RunInChild([] {
    RegisteredThread thread("first-1");
    ResolveFully();
    thread.Rename("second-1");
    ResolveFully();
    EXPECT_EQ(PoolNameOf(thread), "first");
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST(ThreadResolveTest, AnUnnamedThreadIsLookedAtAgainBeforeItsStartRoutineDecides) {
  const ChildEnd end = RunInChild([] {
    RegisteredThread late(nullptr);
    RegisteredThread never(nullptr, reinterpret_cast<void*>(&RunInChild));
    RegisteredThread nowhere(nullptr, nullptr);
    EXPECT_TRUE(ResolveThreads(Later()));
    EXPECT_EQ(late.pool(), kUnresolvedPool);
    late.Rename("late-1");
    ResolveFully();
    EXPECT_EQ(PoolNameOf(late), "late");
    EXPECT_EQ(PoolNameOf(never).rfind("unit_pools+0x", 0), 0U) << PoolNameOf(never);
    EXPECT_EQ(PoolNameOf(nowhere), "other threads");
    EXPECT_FALSE(ResolveThreads(Later()));
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST(ThreadResolveTest, SamplesTakenBeforeMoveWithTheThread) {
  const ChildEnd end = RunInChild([] {
    constexpr int64_t kBytes = 64 << 20;
    RegisteredThread thread("parse-1");
    const void* block = reinterpret_cast<const void*>(sampler::kAlignment);
    sampler::Insert(*thread.record(), block, kBytes);
    EXPECT_EQ(pools::Get(kUnresolvedPool).live_bytes, kBytes);
    ResolveFully();
    EXPECT_EQ(pools::Get(kUnresolvedPool).live_bytes, 0);
    EXPECT_EQ(pools::Get(thread.pool()).live_bytes, kBytes);
    sampler::Remove(block);
    EXPECT_EQ(pools::Get(thread.pool()).live_bytes, 0);
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST(ThreadResolveTest, AnOpenScopeKeepsCountingForItsPool) {
  const ChildEnd end = RunInChild([] {
    RegisteredThread thread("parse-1");
    const PoolId scope = pools::Intern("scope");
    thread.record()->current_pool = scope;
    thread.record()->scopes = 1;
    ResolveFully();
    EXPECT_EQ(PoolNameOf(thread), "parse");
    EXPECT_EQ(thread.record()->current_pool, scope);
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST(ThreadResolveTest, MoreThreadsThanOneBatch) {
  const ChildEnd end = RunInChild([] {
    std::vector<std::unique_ptr<RegisteredThread>> threads;
    for (int count = 0; count < 150; ++count) {
      threads.push_back(std::make_unique<RegisteredThread>(("many-" + std::to_string(count)).c_str()));
    }
    EXPECT_TRUE(ResolveThreads(Later()));
    for (const auto& thread : threads) EXPECT_EQ(PoolNameOf(*thread), "many");
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST(ThreadResolveTest, WithoutProcItGivesUpAfterAFewLooks) {
  const ChildEnd end = RunInChild([] {
    RegisteredThread thread("parse-1");
    os::FailNth(os::Call::kOpen, 1, true);
    ResolveFully();
    EXPECT_EQ(thread.pool(), kUnresolvedPool);
    EXPECT_FALSE(ResolveThreads(Later()));
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST(ThreadResolveTest, ThreadsMayComeAndGoMeanwhile) {
  const ChildEnd end = RunInChild([] {
    std::atomic<int> busy{3};
    RunOnThreads(4, [&](int index) {
      for (; index == 3 && busy > 0;) ResolveThreads(Later());
      if (index == 3) return;
      for (int round = 0; round < 150; ++round) RegisteredThread(round % 2 == 0 ? "churn-1" : nullptr);
      --busy;
    });
    EXPECT_EQ(threads::RunningCount(), 0U);
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

}  // namespace
}  // namespace memgov
