#include "cgroup_place.h"

#include <gtest/gtest.h>

namespace overload {
namespace {

constexpr char kHybridMounts[] =
    "35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory\n"
    "33 31 0:30 / /sys/fs/cgroup/cpu,cpuacct rw,relatime - cgroup cgroup rw,cpu,cpuacct\n"
    "41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw\n";

TEST(CgroupPlace, HybridMeansVersionOneInAnyOrder) {
  const auto place = PlaceFrom("4:memory:/pods/a\n2:cpu,cpuacct:/x\n0::/u\n", kHybridMounts);
  ASSERT_TRUE(place.ok());
  EXPECT_EQ(place->version, 1);
  EXPECT_EQ(place->own, "/sys/fs/cgroup/memory/pods/a");
  EXPECT_EQ(place->topmost, "/sys/fs/cgroup/memory");
}

TEST(CgroupPlace, MemoryMayShareItsHierarchy) {
  const auto place = PlaceFrom("4:cpu,memory:/a\n", "35 31 0:32 / /cg rw - cgroup cgroup rw,cpu,memory\n");
  ASSERT_TRUE(place.ok());
  EXPECT_EQ(place->own, "/cg/a");
}

TEST(CgroupPlace, UnifiedIsVersionTwo) {
  const auto place = PlaceFrom("0::/system.slice/a.service\n",
                               "30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw\n");
  ASSERT_TRUE(place.ok());
  EXPECT_EQ(place->version, 2);
  EXPECT_EQ(place->own, "/sys/fs/cgroup/system.slice/a.service");
}

TEST(CgroupPlace, AContainerSeesAPartOfTheHierarchy) {
  const auto place =
      PlaceFrom("4:memory:/docker/abc/inner\n", "35 31 0:32 /docker/abc /cg ro - cgroup cgroup rw,memory\n");
  ASSERT_TRUE(place.ok());
  EXPECT_EQ(place->own, "/cg/inner");
}

TEST(CgroupPlace, TheRootIsTheMountItself) {
  const auto place = PlaceFrom("0::/\n", "30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
  ASSERT_TRUE(place.ok());
  EXPECT_EQ(place->own, place->topmost);
}

TEST(CgroupPlace, SaysThatThereIsNone) {
  EXPECT_EQ(PlaceFrom("", "").status().code(), absl::StatusCode::kNotFound);
  EXPECT_FALSE(PlaceFrom("garbage", "more - garbage").ok());
  EXPECT_FALSE(PlaceFrom("2:cpu:/\n", kHybridMounts).ok());
}

}  // namespace
}  // namespace overload
