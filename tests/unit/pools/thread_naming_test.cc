// The pure parts of thread naming.
#include "governor/pools/thread_naming.h"

#include <gtest/gtest.h>

#include <string>

#include "governor/pools/pool_table.h"
#include "random.h"
#include "unit/child.h"

namespace memgov {
namespace {

TEST(PoolPrefixTest, Table) {
  struct Case {
    const char* name;
    const char* prefix;
  };
  constexpr Case kCases[] = {{"parse-pool-17", "parse-pool"},
                             {"worker 3", "worker"},
                             {"a1", "a"},
                             {"pool#12", "pool"},
                             {"grpc_exec_0", "grpc_exec"},
                             {"ThreadPool:/. 9", "ThreadPool"},
                             {"x--__99", "x"},
                             {"tokio-runtime-w", "tokio-runtime-w"},
                             {"trailing-", "trailing-"},
                             {"7up", "7up"},
                             {"v8 1 2", "v8 1"},
                             {"17", "17"},
                             {"-1", "-1"},
                             {"#", "#"},
                             {"", ""}};
  for (const Case& one : kCases) {
    EXPECT_EQ(std::string(one.name).substr(0, PoolPrefixLength(one.name)), one.prefix);
  }
}

std::string PoolNamed(const char* rules, const char* thread) {
  const PoolId id = PoolByRule(rules, thread);
  return id == kNoPool ? "-" : pools::Get(id).name;
}

TEST(PoolByRuleTest, TheFirstMatchWins) {
  const char* rules = "tokio-*=io;tokio-w*=workers;parse-?=json;*-last=end";
  EXPECT_EQ(PoolNamed(rules, "tokio-worker"), "io");
  EXPECT_EQ(PoolNamed(rules, "parse-1"), "json");
  EXPECT_EQ(PoolNamed(rules, "parse-12"), "-");
  EXPECT_EQ(PoolNamed(rules, "very-last"), "end");
  EXPECT_EQ(PoolNamed(rules, ""), "-");
  EXPECT_EQ(PoolNamed("tokio-w*=workers;tokio-*=io", "tokio-worker"), "workers");
}

TEST(PoolByRuleTest, OddRules) {
  EXPECT_EQ(PoolNamed("", "any"), "-");
  EXPECT_EQ(PoolNamed("*=all", "any"), "all");
  EXPECT_EQ(PoolNamed("*=all;", "any"), "all");
  EXPECT_EQ(PoolNamed("no equals sign", "no equals sign"), "-");
  EXPECT_EQ(PoolNamed("exact=x", "exactly"), "-");
  EXPECT_EQ(PoolNamed("with blank=two words", "with blank"), "two words");
}

uint64_t BudgetOf(const char* rules, const char* thread) {
  return pools::Get(PoolByRule(rules, thread)).soft_budget_bytes.load();
}

TEST(PoolByRuleTest, TheNameEndsAtTheColonAndTheBudgetIsThePools) {
  const ChildEnd end = RunInChild([] {
    const char* rules = "tokio-*=io:512M;parse-*=json;*-late=json:2M";
    EXPECT_EQ(PoolNamed(rules, "tokio-worker"), "io");
    EXPECT_EQ(BudgetOf(rules, "tokio-worker"), uint64_t{512} << 20);
    // The budget stands with another rule of the same pool.
    EXPECT_EQ(BudgetOf(rules, "parse-1"), uint64_t{2} << 20);
    EXPECT_EQ(BudgetOf("free*=free", "free"), UINT64_MAX);
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST(PoolByRuleTest, TheApisBudgetWins) {
  const ChildEnd end = RunInChild([] {
    const PoolId before = pools::Intern("before");
    pools::SetBudget(before, UINT64_MAX);
    EXPECT_EQ(BudgetOf("b*=before:3M", "b1"), UINT64_MAX);
    EXPECT_EQ(BudgetOf("a*=after:3M", "a1"), uint64_t{3} << 20);
    pools::SetBudget(pools::Intern("after"), uint64_t{5} << 20);
    EXPECT_EQ(BudgetOf("a*=after:3M", "a2"), uint64_t{5} << 20);
    // Of two rules, too, the first one spoken stays.
    EXPECT_EQ(BudgetOf("t*=twice:3M", "t1"), uint64_t{3} << 20);
    EXPECT_EQ(BudgetOf("t*=twice:4M", "t1"), uint64_t{3} << 20);
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

constexpr uintptr_t kBegin = 0x7f0a1c000000;

std::string Described(const std::string& line, uintptr_t address, size_t capacity = 64) {
  std::string out(capacity, '#');
  if (!DescribeAddress(line.c_str(), address, out.data(), capacity)) return "-";
  return out.c_str();
}

TEST(DescribeAddressTest, FileAndOffset) {
  const std::string line =
      "7f0a1c000000-7f0a1c021000 r-xp 00001000 08:01 131076                     /usr/lib/libfoo.so.1";
  EXPECT_EQ(Described(line, kBegin + 0xf40), "libfoo.so.1+0x1f40");
  EXPECT_EQ(Described(line, kBegin), "libfoo.so.1+0x1000");
  EXPECT_EQ(Described(line, kBegin + 0x20fff), "libfoo.so.1+0x21fff");
  EXPECT_EQ(Described(line, kBegin + 0x21000), "-");
  EXPECT_EQ(Described(line, kBegin - 1), "-");
}

TEST(DescribeAddressTest, PathsWithBlanksAndDeletedFiles) {
  const std::string head = "7f0a1c000000-7f0a1c021000 r-xp 00000000 08:01 131076 ";
  EXPECT_EQ(Described(head + "/opt/My Gateway/lib my.so", kBegin + 0x10), "lib my.so+0x10");
  EXPECT_EQ(Described(head + "/tmp/plugin.so (deleted)", kBegin + 0x10), "plugin.so (deleted)+0x10");
  EXPECT_EQ(Described(head + "/memfd:jit (deleted)", kBegin + 0x10), "memfd:jit (deleted)+0x10");
}

TEST(DescribeAddressTest, WhatIsNoFile) {
  const std::string head = "7f0a1c000000-7f0a1c021000 rwxp 00000000 00:00 0 ";
  EXPECT_EQ(Described(head, kBegin), "-");
  EXPECT_EQ(Described(head + "                   [stack]", kBegin), "-");
  EXPECT_EQ(Described(head + "                   [anon:code]", kBegin), "-");
  EXPECT_EQ(Described("", kBegin), "-");
  EXPECT_EQ(Described("garbage", kBegin), "-");
  EXPECT_EQ(Described("7f0a1c000000-7f0a1c021000", kBegin), "-");
}

TEST(DescribeAddressTest, ALongNameIsCutBeforeTheOffset) {
  const std::string line = "7f0a1c000000-7f0a1c021000 r-xp 00000000 08:01 1 /lib/" + std::string(80, 'l');
  EXPECT_EQ(Described(line, kBegin + 0x12345, 32), std::string(23, 'l') + "+0x12345");
  EXPECT_EQ(Described(line, kBegin + 0x12345, 5), "+0x1");
  EXPECT_EQ(Described(line, kBegin + 0x12345, 1), "");
}

TEST(NamingFuzzTest, RandomTextsDoNoHarm) {
  const ChildEnd end = RunInChild([] {
    Random random(9);
    const std::string letters = "0123456789abcdef-- /:=;*?r[]";
    for (int round = 0; round < 200000; ++round) {
      std::string text(random.Below(70), ' ');
      for (char& c : text) c = letters[random.Below(letters.size())];
      ASSERT_LE(PoolPrefixLength(text.c_str()), text.size());
      const PoolId pool = PoolByRule(text.c_str(), "12");
      ASSERT_TRUE(pool == kNoPool || pool < kMostPools);
      const size_t capacity = 1 + random.Below(40);
      std::string out(capacity, '#');
      if (DescribeAddress(("0-ffffffff" + text).c_str(), 77, out.data(), capacity)) {
        ASSERT_NE(out.find('\0'), std::string::npos) << text;
      }
    }
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

}  // namespace
}  // namespace memgov
