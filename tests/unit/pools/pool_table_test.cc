#include "governor/pools/pool_table.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "unit/child.h"
#include "unit/threads.h"

namespace memgov {
namespace {

TEST(PoolTableTest, BeginsWithThreePools) {
  EXPECT_STREQ(pools::Get(kUnresolvedPool).name, "unresolved");
  EXPECT_STREQ(pools::Get(kMainPool).name, "main");
  EXPECT_STREQ(pools::Get(kGovernorPool).name, "memgov");
  EXPECT_EQ(pools::Intern("main"), kMainPool);
  EXPECT_GE(pools::Count(), 3);
}

TEST(PoolTableTest, TheSameNameIsTheSamePool) {
  const ChildEnd end = RunInChild([] {
    const int count = pools::Count();
    const PoolId io = pools::Intern("a new name");
    EXPECT_EQ(pools::Intern("a new name"), io);
    const std::string longer = "a new name and more";
    EXPECT_EQ(pools::Intern(longer.data(), longer.data() + 10), io);
    EXPECT_EQ(pools::Count(), count + 1);
    EXPECT_NE(pools::Intern("another new name"), io);
    EXPECT_EQ(pools::Count(), count + 2);
    EXPECT_STREQ(pools::Get(io).name, "a new name");
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST(PoolTableTest, NoNameIsNoPool) {
  const int count = pools::Count();
  EXPECT_EQ(pools::Intern(nullptr), kNoPool);
  EXPECT_EQ(pools::Intern(""), kNoPool);
  const char* text = "text";
  EXPECT_EQ(pools::Intern(text, text), kNoPool);
  EXPECT_EQ(pools::Count(), count);
}

TEST(PoolTableTest, NamesAreCutTo31Bytes) {
  const std::string name(40, 'n');
  const PoolId id = pools::Intern(name.c_str());
  EXPECT_EQ(pools::Get(id).name, std::string(31, 'n'));
  EXPECT_EQ(pools::Intern(name.substr(0, 31).c_str()), id);
  EXPECT_EQ(pools::Intern((name.substr(0, 31) + "other").c_str()), id);
  EXPECT_NE(pools::Intern(name.substr(0, 30).c_str()), id);
}

TEST(PoolTableTest, AFullTableRefusesNewNamesAndKnowsTheOld) {
  const ChildEnd end = RunInChild([] {
    PoolId last = kNoPool;
    while (pools::Count() < kMostPools) {
      last = pools::Intern(("pool " + std::to_string(pools::Count())).c_str());
      ASSERT_EQ(last, pools::Count() - 1);
    }
    EXPECT_EQ(pools::Intern("one too many"), kNoPool);
    EXPECT_EQ(pools::Intern("pool 63"), last);
    EXPECT_EQ(pools::Count(), kMostPools);
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST(PoolTableTest, AnIdBeyondTheTableIsUnresolved) {
  EXPECT_EQ(&pools::Get(kNoPool), &pools::Get(kUnresolvedPool));
  EXPECT_EQ(&pools::Get(kMostPools), &pools::Get(kUnresolvedPool));
}

TEST(PoolTableTest, ThreadsThatInternAtOnceAgree) {
  const ChildEnd end = RunInChild([] {
    constexpr int kThreads = 8;
    constexpr int kNames = 40;
    PoolId seen[kThreads][kNames];
    const int before = pools::Count();
    RunOnThreads(kThreads, [&](int thread) {
      for (int step = 0; step < kNames; ++step) {
        const int name = (step + thread * 5) % kNames;
        seen[thread][name] = pools::Intern(("shared " + std::to_string(name)).c_str());
      }
    });
    std::set<PoolId> different;
    for (int name = 0; name < kNames; ++name) {
      different.insert(seen[0][name]);
      EXPECT_EQ(pools::Get(seen[0][name]).name, "shared " + std::to_string(name));
      for (int thread = 1; thread < kThreads; ++thread) EXPECT_EQ(seen[thread][name], seen[0][name]);
    }
    EXPECT_EQ(different.size(), size_t{kNames});
    EXPECT_EQ(pools::Count(), before + kNames);
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

}  // namespace
}  // namespace memgov
