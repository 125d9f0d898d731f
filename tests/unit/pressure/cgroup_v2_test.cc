#include <gtest/gtest.h>

#include <string>

#include "unit/pressure/fixture_tree.h"

namespace memgov {
namespace {

constexpr const char* kSlice = "/sys/fs/cgroup/api.slice";
constexpr const char* kService = "/sys/fs/cgroup/api.slice/api.service";

std::string Megabytes(uint64_t count) { return std::to_string(count * kMega) + "\n"; }

class CgroupV2Test : public testing::Test {
 protected:
  CgroupV2Test() {
    tree_.Process("0::/api.slice/api.service\n", MountV2("/", "/sys/fs/cgroup"));
    tree_.WriteLevel(kSlice, {.current = 300 * kMega});
    tree_.WriteLevel(kService, {.current = 100 * kMega});
    tree_.Write("/sys/fs/cgroup/memory.stat", "anon 1\n");  // the real root has no memory.current
  }

  FixtureTree tree_;
};

TEST_F(CgroupV2Test, NoLimit) {
  const CgroupFiles files = tree_.Find();
  EXPECT_EQ(files.ReadLimit(), kNoLimit);
  const CgroupReading reading = files.Read();
  EXPECT_FALSE(reading.valid);
  EXPECT_EQ(reading.limit_bytes, kNoLimit);
  EXPECT_EQ(reading.charged_bytes, 100 * kMega);
  EXPECT_EQ(reading.usage_bytes, 100 * kMega);
}

TEST_F(CgroupV2Test, ChargedLeavesOutWhatReclaimCanTake) {
  tree_.WriteLevel(kService, {.max = Megabytes(256),
                              .current = 100 * kMega,
                              .anonymous = 40 * kMega,
                              .active_file = 20 * kMega,
                              .inactive_file = 10 * kMega,
                              .slab = 5 * kMega});
  const CgroupReading reading = tree_.Find().Read();
  EXPECT_TRUE(reading.valid);
  EXPECT_EQ(reading.limit_bytes, 256 * kMega);
  EXPECT_EQ(reading.charged_bytes, 65 * kMega);
  EXPECT_EQ(reading.anonymous_bytes, 40 * kMega);
  EXPECT_EQ(reading.file_bytes, 30 * kMega);
  EXPECT_EQ(reading.usage_bytes, 100 * kMega);
}

TEST_F(CgroupV2Test, ChargedIsAtLeastWhatIsAnonymousAndAtMostTheUsage) {
  tree_.WriteLevel(
      kService,
      {.max = Megabytes(256), .current = 100 * kMega, .anonymous = 80 * kMega, .active_file = 60 * kMega});
  EXPECT_EQ(tree_.Find().Read().charged_bytes, 80 * kMega);
  tree_.WriteLevel(
      kService,
      {.max = Megabytes(256), .current = 100 * kMega, .anonymous = 180 * kMega, .active_file = 600 * kMega});
  EXPECT_EQ(tree_.Find().Read().charged_bytes, 100 * kMega);
}

TEST_F(CgroupV2Test, HighIsALimitToo) {
  tree_.WriteLevel(kService, {.max = Megabytes(256), .high = Megabytes(200), .current = 100 * kMega});
  EXPECT_EQ(tree_.Find().ReadLimit(), 200 * kMega);
  tree_.WriteLevel(kService, {.max = Megabytes(256), .high = Megabytes(300), .current = 100 * kMega});
  EXPECT_EQ(tree_.Find().ReadLimit(), 256 * kMega);
}

TEST_F(CgroupV2Test, LimitOnAParentOnly) {
  tree_.WriteLevel(kSlice, {.max = Megabytes(512), .current = 300 * kMega, .inactive_file = 50 * kMega});
  const CgroupFiles files = tree_.Find();
  EXPECT_EQ(files.ReadLimit(), 512 * kMega);
  const CgroupReading reading = files.Read();
  EXPECT_TRUE(reading.valid);
  EXPECT_EQ(reading.limit_bytes, 512 * kMega);
  EXPECT_EQ(reading.charged_bytes, 250 * kMega);
  EXPECT_EQ(reading.usage_bytes, 100 * kMega);  // the process's own cgroup's
}

// The service has 156 MB left below its own 256, but the slice only 20.
TEST_F(CgroupV2Test, TheLeastHeadroomCountsAgainstTheLeastLimit) {
  tree_.WriteLevel(kSlice, {.max = Megabytes(320), .current = 300 * kMega});
  tree_.WriteLevel(kService, {.max = Megabytes(256), .current = 100 * kMega});
  const CgroupReading reading = tree_.Find().Read();
  EXPECT_EQ(reading.limit_bytes, 256 * kMega);
  EXPECT_EQ(reading.charged_bytes, 236 * kMega);
}

TEST_F(CgroupV2Test, ALimitLoweredBelowTheUsage) {
  tree_.WriteLevel(kService, {.max = Megabytes(256), .current = 100 * kMega});
  const CgroupFiles files = tree_.Find();
  tree_.WriteLevel(kService, {.max = Megabytes(64), .current = 100 * kMega});
  const CgroupReading reading = files.Read();
  EXPECT_EQ(reading.limit_bytes, 64 * kMega);
  EXPECT_EQ(reading.charged_bytes, 100 * kMega);
}

TEST_F(CgroupV2Test, ALimitOfZero) {
  tree_.WriteLevel(kService, {.max = "0\n", .current = kMega});
  const CgroupReading reading = tree_.Find().Read();
  EXPECT_TRUE(reading.valid);
  EXPECT_EQ(reading.limit_bytes, 0U);
  EXPECT_EQ(reading.charged_bytes, kMega);
}

TEST_F(CgroupV2Test, AHugeMemoryStatIsReadInPieces) {
  std::string stat = "anon 41943040\n";
  for (int line = 0; line < 400; ++line) stat += "some_other_counter_" + std::to_string(line) + " 12345\n";
  stat +=
      std::string(3000, 'x') + " 7\ninactive_file 10485760\nactive_file 10485760\nslab_reclaimable 5242880\n";
  tree_.WriteLevel(kService, {.max = Megabytes(256), .current = 100 * kMega});
  tree_.Write(std::string(kService) + "/memory.stat", stat);
  const CgroupReading reading = tree_.Find().Read();
  EXPECT_EQ(reading.charged_bytes, 75 * kMega);
  EXPECT_EQ(reading.anonymous_bytes, 40 * kMega);
}

TEST_F(CgroupV2Test, LevelsBeyondTheSixteenthAreNotLookedAt) {
  std::string path;
  for (int level = 0; level < kMostCgroupLevels; ++level) path += "/d";
  tree_.Process("0::" + path + "\n", MountV2("/", "/mnt"));
  tree_.WriteLevel("/mnt" + path, {});
  tree_.WriteLevel("/mnt", {.max = Megabytes(1)});
  EXPECT_EQ(tree_.Find().ReadLimit(), kNoLimit);
  tree_.WriteLevel("/mnt/d", {.max = Megabytes(2)});
  EXPECT_EQ(tree_.Find().ReadLimit(), 2 * kMega);
}

TEST_F(CgroupV2Test, EventsOfTheLowestLevelWithALimit) {
  tree_.Write(std::string(kService) + "/memory.events", "low 1\nhigh 2\nmax 3\noom 4\noom_kill 5\n");
  tree_.Write(std::string(kSlice) + "/memory.events", "low 10\nhigh 20\nmax 30\noom 40\noom_kill 50\n");
  EXPECT_EQ(tree_.Find().ReadEvents().max, 3U);
  tree_.WriteLevel(kSlice, {.max = Megabytes(512)});
  const CgroupEvents events = tree_.Find().ReadEvents();
  EXPECT_EQ(events.low, 10U);
  EXPECT_EQ(events.high, 20U);
  EXPECT_EQ(events.max, 30U);
  EXPECT_EQ(events.oom, 40U);
  EXPECT_EQ(events.oom_kill, 50U);
  tree_.WriteLevel(kService, {.max = Megabytes(256)});
  EXPECT_EQ(tree_.Find().ReadEvents().max, 3U);
}

}  // namespace
}  // namespace memgov
