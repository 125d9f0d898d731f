#include "governor/base/cpus.h"

#include <gtest/gtest.h>
#include <sched.h>

namespace memgov {
namespace {

TEST(CpusTest, QuotaOfVersionTwo) {
  struct Case {
    const char* text;
    int cpus;
  };
  constexpr Case kCases[] = {{"200000 100000\n", 2},
                             {"100000 100000", 1},
                             {"150000 100000", 2},
                             {"1 100000", 1},
                             {"100001 100000", 2},
                             {"max 100000\n", 0},
                             {"", 0},
                             {"200000", 0},
                             {"200000 ", 0},
                             {"200000\n100000", 0},
                             {"-1 100000", 0},
                             {"0 100000", 0},
                             {"200000 0", 0},
                             {"garbage", 0},
                             {"819200000 100000", 8192},
                             {"819200001 100000", 0},
                             {"18446744073709551615 1", 0},
                             {"18446744073709551615 100000", 0},
                             {"99999999999999999999 100000", 0}};
  for (const Case& one : kCases) EXPECT_EQ(QuotaFromCpuMax(one.text), one.cpus) << one.text;
}

TEST(CpusTest, QuotaOfVersionOne) {
  EXPECT_EQ(QuotaFromCfs("250000\n", "100000\n"), 3);
  EXPECT_EQ(QuotaFromCfs("100000\n", "100000\n"), 1);
  EXPECT_EQ(QuotaFromCfs("-1\n", "100000\n"), 0);
  EXPECT_EQ(QuotaFromCfs("100000\n", "0\n"), 0);
  EXPECT_EQ(QuotaFromCfs("", "100000\n"), 0);
  EXPECT_EQ(QuotaFromCfs("100000\n", ""), 0);
}

TEST(CpusTest, AffinityIsTheKernels) {
  cpu_set_t set;
  ASSERT_EQ(sched_getaffinity(0, sizeof set, &set), 0);
  EXPECT_EQ(CpusByAffinity(), CPU_COUNT(&set));
}

TEST(CpusTest, AffinityOfOneCpu) {
  cpu_set_t before;
  ASSERT_EQ(sched_getaffinity(0, sizeof before, &before), 0);
  int first = 0;
  while (!CPU_ISSET(first, &before)) ++first;
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(first, &one);
  ASSERT_EQ(sched_setaffinity(0, sizeof one, &one), 0);
  EXPECT_EQ(CpusByAffinity(), 1);
  EXPECT_EQ(CpusByAffinityAndQuota(), 1);
  sched_setaffinity(0, sizeof before, &before);
}

TEST(CpusTest, AQuotaOnlyEverLowersTheNumber) {
  EXPECT_GE(CpusByAffinityAndQuota(), 1);
  EXPECT_LE(CpusByAffinityAndQuota(), CpusByAffinity());
}

}  // namespace
}  // namespace memgov
