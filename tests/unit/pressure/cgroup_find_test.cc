#include <gtest/gtest.h>
#include <limits.h>
#include <unistd.h>

#include <string>

#include "governor/base/os.h"
#include "unit/pressure/fixture_tree.h"

namespace memgov {
namespace {

class CgroupFindTest : public testing::Test {
 protected:
  void ExpectMemory(const CgroupFiles& files, CgroupVersion version, const std::string& directory) {
    EXPECT_EQ(files.version(), version);
    EXPECT_EQ(files.memory_directory(), tree_.Path(directory));
  }

  FixtureTree tree_;
};

TEST_F(CgroupFindTest, SystemdSliceOfV2) {
  tree_.Process("0::/system.slice/api.service\n", MountV2("/", "/sys/fs/cgroup"));
  tree_.WriteLevel("/sys/fs/cgroup/system.slice/api.service", {});
  const CgroupFiles files = tree_.Find();
  ExpectMemory(files, CgroupVersion::kV2, "/sys/fs/cgroup/system.slice/api.service");
  EXPECT_STREQ(files.unified_directory(), files.memory_directory());
}

TEST_F(CgroupFindTest, ContainerWithANamespace) {
  tree_.Process("0::/\n", MountV2("/", "/sys/fs/cgroup"));
  tree_.WriteLevel("/sys/fs/cgroup", {.max = "268435456\n", .current = 1});
  const CgroupFiles files = tree_.Find();
  ExpectMemory(files, CgroupVersion::kV2, "/sys/fs/cgroup");
  EXPECT_EQ(files.ReadLimit(), 256 * kMega);
}

TEST_F(CgroupFindTest, ContainerWithoutANamespace) {
  tree_.Process("0::/docker/6ae1\n", MountV2("/docker/6ae1", "/sys/fs/cgroup"));
  tree_.WriteLevel("/sys/fs/cgroup", {});
  ExpectMemory(tree_.Find(), CgroupVersion::kV2, "/sys/fs/cgroup");
}

TEST_F(CgroupFindTest, CgroupInsideAContainerWithoutANamespace) {
  tree_.Process("0::/docker/6ae1/init.scope\n", MountV2("/docker/6ae1", "/sys/fs/cgroup"));
  tree_.WriteLevel("/sys/fs/cgroup/init.scope", {});
  tree_.WriteLevel("/sys/fs/cgroup", {.max = "268435456\n", .current = 1});
  const CgroupFiles files = tree_.Find();
  ExpectMemory(files, CgroupVersion::kV2, "/sys/fs/cgroup/init.scope");
  EXPECT_EQ(files.ReadLimit(), 256 * kMega);
}

TEST_F(CgroupFindTest, AnotherRootThanThePathsTakesTheMountPoint) {
  tree_.Process("0::/kubepods/pod1/6ae1\n", MountV2("/docker/77", "/sys/fs/cgroup"));
  tree_.WriteLevel("/sys/fs/cgroup", {});
  ExpectMemory(tree_.Find(), CgroupVersion::kV2, "/sys/fs/cgroup");
}

TEST_F(CgroupFindTest, APathThatIsNotThereTakesTheMountPoint) {
  tree_.Process("0::/docker/6ae1 (deleted)\n", MountV2("/", "/sys/fs/cgroup"));
  tree_.WriteLevel("/sys/fs/cgroup", {});
  ExpectMemory(tree_.Find(), CgroupVersion::kV2, "/sys/fs/cgroup");
}

TEST_F(CgroupFindTest, OutsideTheNamespaceTakesTheMountPoint) {
  tree_.Process("0::/../api.service\n", MountV2("/", "/sys/fs/cgroup"));
  tree_.MakeFolder("/sys/fs/api.service");
  tree_.WriteLevel("/sys/fs/cgroup", {});
  ExpectMemory(tree_.Find(), CgroupVersion::kV2, "/sys/fs/cgroup");
}

TEST_F(CgroupFindTest, V1) {
  tree_.Process(
      "5:cpu:/wrong\n4:memory:/docker/6ae1\n",
      MountV1("/", "/sys/fs/cgroup/cpu", "cpu") + MountV1("/docker/6ae1", "/sys/fs/cgroup/memory", "memory"));
  tree_.WriteLevelV1("/sys/fs/cgroup/memory", {});
  const CgroupFiles files = tree_.Find();
  ExpectMemory(files, CgroupVersion::kV1, "/sys/fs/cgroup/memory");
  EXPECT_STREQ(files.unified_directory(), "");
}

TEST_F(CgroupFindTest, HybridHasBoth) {
  tree_.Process("4:memory:/user/7\n0::/user.slice/api\n",
                MountV1("/", "/sys/fs/cgroup/memory", "memory") + MountV2("/", "/sys/fs/cgroup/unified"));
  tree_.WriteLevelV1("/sys/fs/cgroup/memory/user/7", {});
  tree_.MakeFolder("/sys/fs/cgroup/unified/user.slice/api");
  const CgroupFiles files = tree_.Find();
  ExpectMemory(files, CgroupVersion::kV1, "/sys/fs/cgroup/memory/user/7");
  EXPECT_EQ(files.unified_directory(), tree_.Path("/sys/fs/cgroup/unified/user.slice/api"));
}

// The memory controller is named in v1, but only the unified tree is mounted, without that controller.
TEST_F(CgroupFindTest, UnifiedTreeWithoutAMemoryController) {
  tree_.Process("4:memory:/a\n0::/a\n", MountV2("/", "/sys/fs/cgroup"));
  tree_.MakeFolder("/sys/fs/cgroup/a");
  const CgroupFiles files = tree_.Find();
  EXPECT_EQ(files.version(), CgroupVersion::kNone);
  EXPECT_STREQ(files.memory_directory(), "");
  EXPECT_EQ(files.unified_directory(), tree_.Path("/sys/fs/cgroup/a"));
}

TEST_F(CgroupFindTest, ControllerOnAParentOnly) {
  tree_.Process("0::/a/b\n", MountV2("/", "/sys/fs/cgroup"));
  tree_.WriteLevel("/sys/fs/cgroup/a", {.max = "1048576\n", .current = 4096});
  tree_.MakeFolder("/sys/fs/cgroup/a/b");
  const CgroupFiles files = tree_.Find();
  ExpectMemory(files, CgroupVersion::kV2, "/sys/fs/cgroup/a/b");
  EXPECT_EQ(files.Read().charged_bytes, 4096U);
}

TEST_F(CgroupFindTest, EscapedMountPoints) {
  tree_.Process("0::/a b\n", MountV2("/", "/mnt/with\\040space\\134"));
  tree_.WriteLevel("/mnt/with space\\/a b", {});
  ExpectMemory(tree_.Find(), CgroupVersion::kV2, "/mnt/with space\\/a b");
}

TEST_F(CgroupFindTest, OfSeveralMountsTheOneThatShowsMostLevels) {
  tree_.Process("0::/a/b\n", MountV2("/elsewhere", "/mnt/wrong") + MountV2("/a", "/mnt/part") +
                                 MountV2("/", "/mnt/whole") + MountV2("/a/b", "/mnt/leaf"));
  tree_.WriteLevel("/mnt/wrong", {});
  tree_.WriteLevel("/mnt/part/b", {});
  tree_.WriteLevel("/mnt/whole/a/b", {});
  tree_.WriteLevel("/mnt/leaf", {});
  ExpectMemory(tree_.Find(), CgroupVersion::kV2, "/mnt/whole/a/b");
}

// What is there to see is /a, which has a child of the same name.
TEST_F(CgroupFindTest, TheLastMountOfAPointCoversTheOthers) {
  tree_.Process("0::/a\n", MountV2("/", "/mnt/x") + MountV2("/a", "/mnt/x"));
  tree_.WriteLevel("/mnt/x", {});
  tree_.WriteLevel("/mnt/x/a", {.max = "4096\n"});
  ExpectMemory(tree_.Find(), CgroupVersion::kV2, "/mnt/x");
}

TEST_F(CgroupFindTest, LongForeignLinesOfMountinfoAreSkipped) {
  tree_.Process("0::/a\n", "50 1 0:9 / /o rw - overlay overlay rw,lowerdir=" + std::string(5000, 'x') + "\n" +
                               MountV2("/", "/sys/fs/cgroup"));
  tree_.WriteLevel("/sys/fs/cgroup/a", {});
  ExpectMemory(tree_.Find(), CgroupVersion::kV2, "/sys/fs/cgroup/a");
}

TEST_F(CgroupFindTest, LongPathsFitOrAreNotFound) {
  const std::string mount = "/sys/fs/cgroup";
  for (const size_t size : {kCgroupPathBytes - 1, kCgroupPathBytes, 2 * kCgroupPathBytes, size_t{4000}}) {
    std::string path;
    const size_t wanted = size - std::string(tree_.root()).size() - mount.size();
    while (path.size() + 102 < wanted) path += "/" + std::string(100, 'd');
    path += "/" + std::string(wanted - path.size() - 1, 'e');
    tree_.Process("0::" + path + "\n", MountV2("/", mount));
    if (size < PATH_MAX - 100) tree_.WriteLevel(mount + path, {.max = "4096\n"});
    const CgroupFiles files = tree_.Find();
    EXPECT_EQ(files.ReadLimit(), size < kCgroupPathBytes ? 4096 : kNoLimit) << size;
  }
}

TEST_F(CgroupFindTest, NoneAtAll) {
  EXPECT_EQ(tree_.Find().version(), CgroupVersion::kNone);
  tree_.Process("garbage\n\n::::\n\xff\xfe\n", "more garbage\n");
  const CgroupFiles files = tree_.Find();
  EXPECT_EQ(files.version(), CgroupVersion::kNone);
  EXPECT_STREQ(files.memory_directory(), "");
  EXPECT_EQ(files.identity(), 0U);
  EXPECT_EQ(files.ReadLimit(), kNoLimit);
  EXPECT_FALSE(files.Read().valid);
  EXPECT_EQ(files.ReadEvents().max, 0U);
}

TEST_F(CgroupFindTest, ALoopOfLinksIsNoDirectory) {
  tree_.Process("0::/a\n", MountV2("/", "/sys/fs/cgroup"));
  tree_.WriteLevel("/sys/fs/cgroup", {});
  ASSERT_EQ(symlink("a", tree_.Path("/sys/fs/cgroup/a").c_str()), 0);
  ExpectMemory(tree_.Find(), CgroupVersion::kV2, "/sys/fs/cgroup");
}

TEST_F(CgroupFindTest, FindAgainForgetsWhatWas) {
  tree_.Process("0::/a\n", MountV2("/", "/sys/fs/cgroup"));
  tree_.WriteLevel("/sys/fs/cgroup/a", {.max = "4096\n"});
  CgroupFiles files = tree_.Find();
  EXPECT_EQ(files.ReadLimit(), 4096U);
  tree_.Remove("/proc");
  files.Find(tree_.root());
  EXPECT_EQ(files.version(), CgroupVersion::kNone);
  EXPECT_EQ(files.identity(), 0U);
  EXPECT_EQ(files.ReadLimit(), kNoLimit);
}

TEST_F(CgroupFindTest, IdentityIsTheDirectorys) {
  tree_.Process("0::/a\n", MountV2("/", "/sys/fs/cgroup"));
  tree_.WriteLevel("/sys/fs/cgroup/a", {});
  tree_.WriteLevel("/sys/fs/cgroup/b", {});
  const uint64_t a = tree_.Find().identity();
  EXPECT_NE(a, 0U);
  EXPECT_EQ(tree_.Find().identity(), a);
  tree_.Process("0::/b\n", MountV2("/", "/sys/fs/cgroup"));
  EXPECT_NE(tree_.Find().identity(), a);
}

// Each open of Find in turn fails: something is found or nothing, and the next time all is well.
TEST_F(CgroupFindTest, SurvivesEveryFailingOpenAndRead) {
  tree_.Process("4:memory:/a\n0::/a\n", MountV1("/", "/m", "memory") + MountV2("/", "/u"));
  tree_.WriteLevelV1("/m/a", {.limit = "4096\n"});
  tree_.MakeFolder("/u/a");
  for (const os::Call call : {os::Call::kOpen, os::Call::kRead}) {
    for (uint32_t nth = 1; nth < 20; ++nth) {
      os::FailNth(call, nth, false);
      CgroupFiles files = tree_.Find();
      os::FailNth(call, 0, false);
      EXPECT_TRUE(files.version() == CgroupVersion::kNone || files.ReadLimit() == 4096) << nth;
    }
  }
  EXPECT_EQ(tree_.Find().ReadLimit(), 4096U);
}

}  // namespace
}  // namespace memgov
