#include "governor/cli/exporter/system_families.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fixture_machine.h"

namespace memgov::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* kLabels = "pid=\"7\"";

class ProcessFamilies : public testing::Test {
 protected:
  std::string PageOf(bool proportional) {
    Exposition page;
    EXPECT_TRUE(AddProcessFamilies(Proc(machine_.root() + "/proc"), 7, proportional, kLabels, page));
    return page.Text();
  }
  FixtureMachine machine_;
};

TEST_F(ProcessFamilies, AreWhatTheKernelSays) {
  machine_.AddProcess(7);
  const std::string page = PageOf(false);
  const std::string rss = std::to_string(100 * sysconf(_SC_PAGESIZE));
  for (const std::string& line : {"memgov_process_resident_bytes{pid=\"7\"} " + rss,
                                  std::string("memgov_process_minor_page_faults_total{pid=\"7\"} 11"),
                                  std::string("memgov_process_major_page_faults_total{pid=\"7\"} 2"),
                                  std::string("memgov_process_threads{pid=\"7\"} 3"),
                                  std::string("memgov_process_swap_bytes{pid=\"7\"} 12288"),
                                  std::string("memgov_process_peak_resident_bytes{pid=\"7\"} 512000"),
                                  std::string("memgov_process_anonymous_bytes{pid=\"7\"} 327680")}) {
    EXPECT_THAT(page, HasSubstr(line + "\n"));
  }
}

TEST_F(ProcessFamilies, PssOnlyWhenAskedFor) {
  machine_.AddProcess(7);
  EXPECT_THAT(PageOf(false), Not(HasSubstr("memgov_process_proportional_bytes")));
  EXPECT_THAT(PageOf(true), HasSubstr("memgov_process_proportional_bytes{pid=\"7\"} 358400\n"));
}

TEST_F(ProcessFamilies, WhatCannotBeReadIsLeftOut) {
  machine_.AddProcess(7);
  machine_.Remove("proc/7/status");
  machine_.Remove("proc/7/smaps_rollup");
  const std::string page = PageOf(true);
  EXPECT_THAT(page, HasSubstr("memgov_process_resident_bytes"));
  EXPECT_THAT(page, Not(HasSubstr("memgov_process_swap_bytes")));
}

TEST_F(ProcessFamilies, AProcessThatIsGoneIsSaidToBe) {
  Exposition page;
  EXPECT_FALSE(AddProcessFamilies(Proc(machine_.root() + "/proc"), 7, true, kLabels, page));
  EXPECT_EQ(page.Text(), "");
}

TEST(CgroupFamiliesTest, AreOfTheCgroupOnceForAllInIt) {
  FixtureMachine machine;
  machine.AddProcess(7);
  machine.AddProcess(8);
  machine.AddCgroup();
  CgroupFamilies cgroups(machine.root());
  Exposition page;
  const std::string directory = machine.root() + "/sys/fs/cgroup/pod";
  EXPECT_EQ(cgroups.Add(7, page), directory);
  const std::string before = page.Text();
  machine.Remove("sys");  // read again, it would not be found
  EXPECT_EQ(cgroups.Add(8, page), directory);
  EXPECT_EQ(page.Text(), before);
  const std::string labels = "{cgroup=\"" + directory + "\"} ";
  EXPECT_THAT(before, HasSubstr("memgov_cgroup_memory_usage_bytes" + labels + "1048576\n"));
  EXPECT_THAT(before, HasSubstr("memgov_cgroup_memory_limit_bytes" + labels + "4194304\n"));
  EXPECT_THAT(before, HasSubstr("memgov_cgroup_memory_working_set_bytes" + labels + "1000000\n"));
  EXPECT_THAT(before, HasSubstr("memgov_cgroup_memory_limit_hits_total" + labels + "6\n"));
  EXPECT_THAT(before, HasSubstr("memgov_cgroup_memory_oom_kills_total" + labels + "1\n"));
  EXPECT_THAT(before, HasSubstr("memgov_cgroup_memory_stalled_seconds_total" + labels + "2.5\n"));
}

TEST(CgroupFamiliesTest, NoLimitIsInfinite) {
  FixtureMachine machine;
  machine.AddProcess(7);
  machine.AddCgroup();
  machine.Write("sys/fs/cgroup/pod/memory.max", "max\n");
  Exposition page;
  CgroupFamilies(machine.root()).Add(7, page);
  EXPECT_THAT(page.Text(), testing::ContainsRegex("memgov_cgroup_memory_limit_bytes.* \\+Inf\n"));
}

TEST(CgroupFamiliesTest, NoControllerIsNoFamily) {
  FixtureMachine machine;
  machine.AddProcess(7);
  Exposition page;
  EXPECT_EQ(CgroupFamilies(machine.root()).Add(7, page), "");
  EXPECT_EQ(page.Text(), "");
}

}  // namespace
}  // namespace memgov::cli
