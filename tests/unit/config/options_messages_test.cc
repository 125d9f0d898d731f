// The exact words of the options' messages: people search for them.
#include <gtest/gtest.h>

#include "governor/config/options.h"
#include "unit/child.h"
#include "unit/config/fake_environment.h"

namespace memgov {
namespace {

std::string SaidBy(std::vector<std::string> entries) {
  return RunInChild([&] { LoadFrom(entries); }).error_text;
}

TEST(OptionsMessagesTest, MalformedByType) {
  struct Case {
    const char* entry;
    const char* rest;
  };
  constexpr Case kCases[] = {
      {"MEMGOV_GOVERNOR=perhaps", "0 or 1 (off, on); on applies"},
      {"MEMGOV_THREAD=always", "auto|never; auto applies"},
      {"MEMGOV_ENGINE=jemalloc", "arena|mimalloc|system"},
      {"MEMGOV_ARENA_MAX=-1", "a number from 0 to 4096; 0 applies"},
      {"MEMGOV_START_BYTES=1K", "bytes such as 64M (K, M, G, T), at least 1.0 MB; 64M applies"},
      {"MEMGOV_TRIM_INTERVAL=",
       "a duration such as 10s (ms, s, m, h), at least 100.0 ms, or off; 10s applies"},
      {"MEMGOV_IDLE_MS=5", "milliseconds, or a duration such as 2s, at least 10.0 ms, or 0; 500 applies"},
      {"MEMGOV_REPORT=5ms", "off, exit, or a duration of at least 1.0 s; off applies"},
      {"MEMGOV_POOLS=a=",
       "glob=pool;glob=pool:512M with pool names of 1 to 31 bytes, budgets of at least 1.0 MB, one for a "
       "pool, "
       "64 in all"},
      {"MEMGOV_BUDGET=200%",
       "auto, off, bytes such as 512M of at least 16.0 MB, or 1% to 100% of the container; auto applies"},
      {"MEMGOV_BUDGET_SOFT=auto",
       "bytes such as 400M of at least 1.0 MB, or 1% to 100% of the hard budget; 84% applies"},
      {"MEMGOV_ON_HARD=die", "fail|abort|ignore; fail applies"},
      {"MEMGOV_COHORT=maybe", "0 or 1 (off, on); on applies"},
      {"MEMGOV_DIR=run", "an absolute path of at most 200 bytes"},
      {"MEMGOV_MIMALLOC=lib/x", "an absolute path or a name without a slash, of at most 200 bytes"},
      {"MEMGOV_FAIL=malloc@1",
       "call@n or call@n+ with a call of mmap mprotect madvise membarrier pthread_create open read"}};
  for (const Case& one : kCases) {
    EXPECT_EQ(SaidBy({one.entry}), std::string("memgov: ") + one.entry + ": allowed is " + one.rest + "\n");
  }
}

TEST(OptionsMessagesTest, EveryBadBudget) {
  for (const char* bad : {"-1", "0", "1e", "200%", "0%", "", "12X", "16383K", "999999999999T", "auto,off"}) {
    const std::string said = SaidBy({std::string("MEMGOV_BUDGET=") + bad});
    EXPECT_EQ(said.rfind(std::string("memgov: MEMGOV_BUDGET=") + bad + ": allowed is auto, off, ", 0), 0U)
        << said;
    EXPECT_EQ(said.find('\n'), said.size() - 1) << said;
  }
}

TEST(OptionsMessagesTest, ABudgetBeyondTheMachine) {
  const std::string said = SaidBy({"MEMGOV_BUDGET=8000000T"});
  EXPECT_EQ(said.rfind("memgov: MEMGOV_BUDGET=8000000T: this machine has ", 0), 0U) << said;
  EXPECT_NE(said.find("B of memory; the budget is never reached\n"), std::string::npos) << said;
  EXPECT_EQ(SaidBy({"MEMGOV_BUDGET=16M"}), "");
}

TEST(OptionsMessagesTest, ASoftBudgetAboveTheHardOne) {
  EXPECT_EQ(SaidBy({"MEMGOV_BUDGET_SOFT=64M", "MEMGOV_BUDGET=32M"}),
            "memgov: MEMGOV_BUDGET_SOFT=64M: allowed is at most MEMGOV_BUDGET=32M; 84% applies\n");
  EXPECT_EQ(SaidBy({"MEMGOV_BUDGET_SOFT=32M", "MEMGOV_BUDGET=32M"}), "");
}

TEST(OptionsMessagesTest, Unknown) {
  EXPECT_EQ(SaidBy({"MEMGOV_IDEL_MS=5"}),
            "memgov: MEMGOV_IDEL_MS=5: no such option; MEMGOV_HELP=1 lists them\n");
}

TEST(OptionsMessagesTest, OneLineEachInTheirOrder) {
  EXPECT_EQ(SaidBy({"MEMGOV_A=1", "MEMGOV_HELP=2", "MEMGOV_B=\n"}),
            "memgov: MEMGOV_A=1: no such option; MEMGOV_HELP=1 lists them\n"
            "memgov: MEMGOV_HELP=2: allowed is 0 or 1 (off, on); 0 applies\n"
            "memgov: MEMGOV_B=?: no such option; MEMGOV_HELP=1 lists them\n");
}

TEST(OptionsMessagesTest, ALongValueStaysOneLine) {
  const std::string said = SaidBy({"MEMGOV_IDLE_MS=" + std::string(5000, '9')});
  EXPECT_LE(said.size(), 480U);
  EXPECT_EQ(said.find('\n'), said.size() - 1);
}

std::string SaidAboutForeign(std::vector<std::string> entries) {
  return RunInChild([&] {
           LoadFrom(entries);
           options::SayForeignVariables("mimalloc");
         })
      .error_text;
}

TEST(OptionsMessagesTest, ForeignVariables) {
  EXPECT_EQ(
      SaidAboutForeign({"PATH=/bin", "MALLOC_ARENA_TEST=2", "GLIBC_TUNABLES=glibc.malloc.check=1"}),
      "memgov: MALLOC_ARENA_TEST=2, GLIBC_TUNABLES=glibc.malloc.check=1: without effect on engine mimalloc "
      "(they steer glibc's malloc: libmemgov-system.so)\n");
}

TEST(OptionsMessagesTest, NoWordWhereNoForeignVariableIsSet) {
  EXPECT_EQ(SaidAboutForeign({"PATH=/bin", "GLIBC_TUNABLES=glibc.pthread.rseq=0", "MALLOC_CONF=x"}), "");
}

TEST(OptionsMessagesTest, MoreForeignVariablesThanTheLineHolds) {
  const std::string said =
      SaidAboutForeign(std::vector<std::string>(40, "MALLOC_PERTURB_=" + std::string(60, '1')));
  EXPECT_LE(said.size(), 480U);
  EXPECT_EQ(said.find('\n'), said.size() - 1);
}

}  // namespace
}  // namespace memgov
