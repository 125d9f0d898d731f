#include <gtest/gtest.h>

#include <string>

#include "unit/pressure/fixture_tree.h"

namespace memgov {
namespace {

constexpr const char* kPod = "/sys/fs/cgroup/memory/kubepods/pod1";
constexpr const char* kContainer = "/sys/fs/cgroup/memory/kubepods/pod1/6ae1";

std::string Megabytes(uint64_t count) { return std::to_string(count * kMega) + "\n"; }

class CgroupV1Test : public testing::Test {
 protected:
  CgroupV1Test() {
    tree_.Process("4:memory:/kubepods/pod1/6ae1\n", MountV1("/", "/sys/fs/cgroup/memory", "memory"));
    tree_.WriteLevelV1("/sys/fs/cgroup/memory", {.usage = 900 * kMega});
    tree_.WriteLevelV1("/sys/fs/cgroup/memory/kubepods", {.usage = 800 * kMega});
    tree_.WriteLevelV1(kPod, {.usage = 300 * kMega});
    tree_.WriteLevelV1(kContainer, {.usage = 100 * kMega});
  }

  FixtureTree tree_;
};

TEST_F(CgroupV1Test, UnlimitedIsNoLimit) {
  const CgroupFiles files = tree_.Find();
  EXPECT_EQ(files.ReadLimit(), kNoLimit);
  EXPECT_FALSE(files.Read().valid);
  EXPECT_EQ(files.Read().charged_bytes, 100 * kMega);
  tree_.WriteLevelV1(kContainer, {.limit = "9223372036854710272\n"});  // with pages of 64 KiB
  EXPECT_EQ(files.ReadLimit(), kNoLimit);
}

TEST_F(CgroupV1Test, ChargedLeavesOutFilesOfAllDescendants) {
  tree_.WriteLevelV1(kContainer, {.limit = Megabytes(256),
                                  .usage = 100 * kMega,
                                  .rss = 40 * kMega,
                                  .active_file = 20 * kMega,
                                  .inactive_file = 10 * kMega,
                                  .hierarchical_limit = Megabytes(256)});
  const CgroupReading reading = tree_.Find().Read();
  EXPECT_TRUE(reading.valid);
  EXPECT_EQ(reading.limit_bytes, 256 * kMega);
  EXPECT_EQ(reading.charged_bytes, 70 * kMega);
  EXPECT_EQ(reading.anonymous_bytes, 40 * kMega);
  EXPECT_EQ(reading.file_bytes, 30 * kMega);
}

TEST_F(CgroupV1Test, LimitOfThePod) {
  tree_.WriteLevelV1(kPod,
                     {.limit = Megabytes(320), .usage = 300 * kMega, .hierarchical_limit = Megabytes(320)});
  tree_.WriteLevelV1(kContainer,
                     {.limit = Megabytes(256), .usage = 100 * kMega, .hierarchical_limit = Megabytes(256)});
  const CgroupReading reading = tree_.Find().Read();
  EXPECT_EQ(reading.limit_bytes, 256 * kMega);
  EXPECT_EQ(reading.charged_bytes, 236 * kMega);
}

// The mount begins at the pod; what limits stands above it and shows in hierarchical_memory_limit only.
TEST_F(CgroupV1Test, LimitAboveTheMount) {
  tree_.Process("4:memory:/kubepods/pod1/6ae1\n", MountV1("/kubepods/pod1", "/mnt", "memory"));
  tree_.WriteLevelV1("/mnt", {.usage = 150 * kMega, .hierarchical_limit = Megabytes(200)});
  tree_.WriteLevelV1("/mnt/6ae1",
                     {.limit = Megabytes(256), .usage = 100 * kMega, .hierarchical_limit = Megabytes(200)});
  const CgroupFiles files = tree_.Find();
  EXPECT_EQ(files.ReadLimit(), 200 * kMega);
  const CgroupReading reading = files.Read();
  EXPECT_EQ(reading.limit_bytes, 200 * kMega);
  EXPECT_EQ(reading.charged_bytes, 150 * kMega);
}

TEST_F(CgroupV1Test, AParentWithoutHierarchyDoesNotLimit) {
  tree_.WriteLevelV1(kPod, {.limit = Megabytes(50), .usage = 40 * kMega});
  EXPECT_EQ(tree_.Find().ReadLimit(), 50 * kMega);
  tree_.Write(std::string(kPod) + "/memory.use_hierarchy", "0\n");
  EXPECT_EQ(tree_.Find().ReadLimit(), kNoLimit);
  EXPECT_FALSE(tree_.Find().Read().valid);
}

TEST_F(CgroupV1Test, WithoutMemoryStatAllOfTheUsageCounts) {
  tree_.WriteLevelV1(kContainer, {.limit = Megabytes(256), .usage = 100 * kMega, .active_file = 50 * kMega});
  tree_.Remove(std::string(kContainer) + "/memory.stat");
  const CgroupReading reading = tree_.Find().Read();
  EXPECT_TRUE(reading.valid);
  EXPECT_EQ(reading.charged_bytes, 100 * kMega);
}

TEST_F(CgroupV1Test, EventsAreFailuresAndKills) {
  tree_.Write(std::string(kContainer) + "/memory.failcnt", "17\n");
  tree_.Write(std::string(kContainer) + "/memory.oom_control",
              "oom_kill_disable 0\nunder_oom 0\noom_kill 3\n");
  const CgroupEvents events = tree_.Find().ReadEvents();
  EXPECT_EQ(events.max, 17U);
  EXPECT_EQ(events.oom_kill, 3U);
  EXPECT_EQ(events.oom, 0U);
  EXPECT_EQ(events.high, 0U);
}

}  // namespace
}  // namespace memgov
