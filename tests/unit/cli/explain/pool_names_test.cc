#include "governor/cli/explain/pool_names.h"

#include <gtest/gtest.h>

namespace memgov::cli::explain {
namespace {

constexpr int kPid = 7;

std::string PoolBy(const std::string& rules, const std::string& name, int id = 8) {
  Thread thread;
  thread.id = id;
  thread.name = name;
  return PoolNames(rules).Of(thread, kPid);
}

TEST(PoolNames, TheFirstRuleThatFitsWins) {
  EXPECT_EQ(PoolBy("parse-*=json;parse-1*=other", "parse-17"), "json");
  EXPECT_EQ(PoolBy("io=net:512M;parse-?=json", "parse-3"), "json");
  EXPECT_EQ(PoolBy("io-*=net:512M", "io-3"), "net");
}

TEST(PoolNames, WithoutARuleTheNameCounts) {
  EXPECT_EQ(PoolBy("parse-*=json", "io-3"), "io");
  EXPECT_EQ(PoolBy("", "io-3"), "io");
}

TEST(PoolNames, TheThreadOfMainIsMain) {
  EXPECT_EQ(PoolBy("*=all", "gateway", kPid), "main");
  EXPECT_EQ(PoolBy("*=all", "gateway"), "all");
}

TEST(PoolNames, RulesThatTheProcessWouldNotTakeAreNone) {
  for (const char* rules : {"io-*", "io-*=", "=net", "io-*=net;x", "io-*=net:1", "io-*=net=x"})
    EXPECT_EQ(PoolBy(rules, "io-3"), "io") << rules;
  EXPECT_EQ(PoolBy("io-*=" + std::string(32, 'x'), "io-3"), "io");
  EXPECT_EQ(PoolBy("io-*=net;" + std::string(1 << 20, 'x') + "=y", "io-3"), "io");
}

TEST(PoolNames, RulesInTheAnswerToConfig) {
  EXPECT_EQ(
      RulesInConfig("options:\n  MEMGOV_POOLS            a-*=b; c=d environment\n  MEMGOV_X  1 default\n"),
      "a-*=b; c=d");
  EXPECT_EQ(RulesInConfig("  MEMGOV_POOLS            -                 default\n"), "");
  for (const char* text : {"", "x", "  MEMGOV_POOLS ", "  MEMGOV_POOLS  ", "  MEMGOV_POOLS   x\n"})
    EXPECT_EQ(RulesInConfig(text), "") << text;
}

}  // namespace
}  // namespace memgov::cli::explain
