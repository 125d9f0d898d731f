// The rules of MEMGOV_POOLS: form, budgets, and the order of the list.
#include "governor/config/pool_rules.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace memgov {
namespace {

const std::string kLongest(31, 'n');

std::string BudgetsOfPools(int count) {
  std::string rules;
  for (int index = 0; index < count; ++index) rules += "t*=p" + std::to_string(index) + ":1M;";
  return rules;
}

TEST(PoolRulesTest, Good) {
  const std::vector<std::string> kGood = {"",
                                          "tokio-*=io",
                                          "a=b;c=d",
                                          "a=b;",
                                          "* *=two words",
                                          "x=" + kLongest,
                                          "tokio-runtime-w*=io:512M;parse-*=json",
                                          "a=b:1M",
                                          "a=b:1M;",
                                          "a=b:1048576",
                                          "a=b:2GiB;c=d:8388607T",
                                          "x=" + kLongest + ":64M;y=z",
                                          "a:b=c",
                                          "a=io:1M;b=io:1M",
                                          "a=io:1M;b=io:1024K",
                                          "a=io:1M;b=io",
                                          "a=io;b=io:1M",
                                          BudgetsOfPools(kMostPoolBudgets)};
  for (const std::string& good : kGood) EXPECT_TRUE(IsPoolRules(good.c_str())) << good;
}

TEST(PoolRulesTest, Bad) {
  const std::vector<std::string> kBad = {"tokio",
                                         "=io",
                                         "a=",
                                         "a=;b=c",
                                         "a=b;c",
                                         ";",
                                         "a=b;;c=d",
                                         "a=b=c",
                                         ";a=b",
                                         "x=" + kLongest + "n",
                                         "x=" + kLongest + "n;y=z",
                                         "x=" + kLongest + "n:1M",
                                         "a=b:",
                                         "a=:1M",
                                         "a=b:c",
                                         "a=b:0",
                                         "a=b:-1",
                                         "a=b:1048575",
                                         "a=b:1M:2M",
                                         "a=b:1M=c",
                                         "a=b: 1M",
                                         "a=b:50%",
                                         "a=b:off",
                                         "a=b:9999999999T",
                                         "a=b:" + std::string(40, '0') + "1G",
                                         "a=io:1M;b=io:2M",
                                         "a=io:1M;c=d;b=io:1M;e=io:3M",
                                         BudgetsOfPools(kMostPoolBudgets + 1)};
  for (const std::string& bad : kBad) EXPECT_FALSE(IsPoolRules(bad.c_str())) << bad;
}

TEST(PoolRulesTest, NextTakesOneRuleAfterTheOther) {
  const char* at = "tokio-*=io:2M;parse-?=json";
  PoolRule rule;
  ASSERT_TRUE(NextPoolRule(&at, &rule));
  EXPECT_EQ(std::string(rule.glob, rule.glob_end), "tokio-*");
  EXPECT_EQ(std::string(rule.name, rule.name_end), "io");
  EXPECT_EQ(rule.budget, 2 << 20);
  ASSERT_TRUE(NextPoolRule(&at, &rule));
  EXPECT_EQ(std::string(rule.glob, rule.glob_end), "parse-?");
  EXPECT_EQ(std::string(rule.name, rule.name_end), "json");
  EXPECT_EQ(rule.budget, 0);
  EXPECT_STREQ(at, "");
  EXPECT_FALSE(NextPoolRule(&at, &rule));
}

int64_t BudgetOf(const std::string& rules, const std::string& name) {
  return PoolBudgetInRules(rules.c_str(), name.data(), name.data() + name.size());
}

TEST(PoolRulesTest, ABudgetCountsForThePoolWhereverItStands) {
  const std::string rules = "a*=io;b*=json:3M;c*=io:2M;d*=iou:4M";
  EXPECT_EQ(BudgetOf(rules, "io"), 2 << 20);
  EXPECT_EQ(BudgetOf(rules, "json"), 3 << 20);
  EXPECT_EQ(BudgetOf(rules, "iou"), 4 << 20);
  EXPECT_EQ(BudgetOf(rules, "i"), 0);
  EXPECT_EQ(BudgetOf(rules, ""), 0);
  EXPECT_EQ(BudgetOf("", "io"), 0);
  EXPECT_EQ(BudgetOf("no rule", "io"), 0);
}

// As long as the kernel lets a variable be (MAX_ARG_STRLEN, 128 KiB), all of it rules: checked before main.
TEST(PoolRulesTest, TheLongestListIsTaken) {
  std::string rules = BudgetsOfPools(kMostPoolBudgets);
  while (rules.size() < (128 << 10) - 8) rules += "u*=v;";
  EXPECT_TRUE(IsPoolRules(rules.c_str()));
}

}  // namespace
}  // namespace memgov
