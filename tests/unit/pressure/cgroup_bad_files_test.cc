// Files that are missing, garbage, unreadable or gone in mid-reading count as absent.
#include <errno.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>

#include "governor/base/os.h"
#include "unit/child.h"
#include "unit/pressure/fixture_tree.h"

namespace memgov {
namespace {

constexpr const char* kParent = "/c/p";
constexpr const char* kOwn = "/c/p/own";

class CgroupBadFilesTest : public testing::Test {
 protected:
  CgroupBadFilesTest() {
    tree_.Process("0::/p/own\n", MountV2("/", "/c"));
    tree_.WriteLevel("/c", {});
    tree_.WriteLevel(kParent, {.max = "2097152\n", .current = kMega});
    tree_.WriteLevel(kOwn, {.max = "1048576\n", .current = 4096, .anonymous = 4096});
    tree_.Write(Own("memory.events"), "max 3\n");
  }

  static std::string Own(const std::string& name) { return std::string(kOwn) + "/" + name; }

  FixtureTree tree_;
};

TEST_F(CgroupBadFilesTest, GarbageInALimitIsNoLimitOfThatLevel) {
  const CgroupFiles files = tree_.Find();
  for (const char* garbage :
       {"", "\n", "-1\n", "lots\n", "12 34\n", "99999999999999999999999999\n", "\xff\xfe",
        "1048576 and then some more text that is far longer than any number can be\n"}) {
    tree_.Write(Own("memory.max"), garbage);
    EXPECT_EQ(files.ReadLimit(), 2 * kMega) << garbage;
    EXPECT_EQ(files.Read().charged_bytes, kMega) << garbage;
  }
}

TEST_F(CgroupBadFilesTest, GarbageInTheUsageLeavesTheLevelOut) {
  const CgroupFiles files = tree_.Find();
  for (const char* garbage : {"", "max\n", "-1\n", "9223372036854775807\n", "18446744073709551615\n"}) {
    tree_.Write(Own("memory.current"), garbage);
    const CgroupReading reading = files.Read();
    EXPECT_TRUE(reading.valid) << garbage;
    EXPECT_EQ(reading.limit_bytes, 2 * kMega) << garbage;
    EXPECT_EQ(reading.usage_bytes, kMega) << garbage;
  }
}

TEST_F(CgroupBadFilesTest, GarbageInMemoryStatCountsAllOfTheUsage) {
  const CgroupFiles files = tree_.Find();
  for (const char* garbage :
       {"", "anon\nactive_file\n", "anon x\nactive_file -1\n", "active_file 99999999999999999999999\n",
        "anon 18446744073709551615\nactive_file 18446744073709551615\ninactive_file "
        "18446744073709551615\n"}) {
    tree_.Write(Own("memory.stat"), garbage);
    const CgroupReading reading = files.Read();
    EXPECT_EQ(reading.usage_bytes, 4096U);
    EXPECT_LE(reading.anonymous_bytes, 4096U) << garbage;
    EXPECT_EQ(reading.charged_bytes, 4096U) << garbage;
  }
}

TEST_F(CgroupBadFilesTest, FilesThatVanish) {
  const CgroupFiles files = tree_.Find();
  EXPECT_EQ(files.ReadEvents().max, 3U);
  tree_.Remove(Own("memory.events"));
  EXPECT_EQ(files.ReadEvents().max, 0U);
  tree_.Remove(Own("memory.max"));
  EXPECT_EQ(files.ReadLimit(), 2 * kMega);
  tree_.Remove(kOwn);
  EXPECT_EQ(files.Read().usage_bytes, kMega);
  tree_.Remove("/c");
  EXPECT_EQ(files.ReadLimit(), kNoLimit);
  EXPECT_FALSE(files.Read().valid);
}

TEST_F(CgroupBadFilesTest, FoldersAndLoopsInPlaceOfFiles) {
  const CgroupFiles files = tree_.Find();
  for (const char* name : {"memory.max", "memory.stat", "memory.events"}) tree_.Remove(Own(name));
  tree_.MakeFolder(Own("memory.max"));
  ASSERT_EQ(symlink("memory.stat", tree_.Path(Own("memory.stat")).c_str()), 0);
  ASSERT_EQ(symlink("../own/memory.events", tree_.Path(Own("memory.events")).c_str()), 0);
  EXPECT_EQ(files.ReadLimit(), 2 * kMega);
  EXPECT_EQ(files.Read().usage_bytes, 4096U);
  EXPECT_EQ(files.Read().anonymous_bytes, 0U);
  EXPECT_EQ(files.ReadEvents().max, 0U);
}

TEST_F(CgroupBadFilesTest, UnreadableFiles) {
  const CgroupFiles files = tree_.Find();
  ASSERT_EQ(chmod(tree_.root(), 0755), 0);
  ASSERT_EQ(chmod(tree_.Path(Own("memory.max")).c_str(), 0), 0);
  const ChildEnd end = RunInChild([&] {
    ASSERT_TRUE(geteuid() != 0 || setuid(65534) == 0);
    EXPECT_EQ(files.ReadLimit(), 2 * kMega);
    EXPECT_TRUE(files.Read().valid);
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

// Whichever open or read fails, what is reported is what the other files say, errno is kept and no descriptor
// stays open.
TEST_F(CgroupBadFilesTest, EveryOpenAndReadMayFail) {
  const CgroupFiles files = tree_.Find();
  const int before = dup(STDIN_FILENO);
  close(before);
  errno = 4711;
  for (const os::Call call : {os::Call::kOpen, os::Call::kRead}) {
    for (uint32_t nth = 1; nth < 30; ++nth) {
      for (const bool onward : {false, true}) {
        os::FailNth(call, nth, onward);
        const CgroupReading reading = files.Read();
        EXPECT_TRUE(!reading.valid || reading.limit_bytes == kMega || reading.limit_bytes == 2 * kMega)
            << nth;
        EXPECT_LE(reading.charged_bytes, kMega) << nth;
        os::FailNth(call, nth, onward);
        files.ReadEvents();
        os::FailNth(call, 0, false);
      }
    }
  }
  EXPECT_EQ(errno, 4711);
  const int after = dup(STDIN_FILENO);
  EXPECT_EQ(after, before);
  close(after);
  EXPECT_EQ(files.Read().limit_bytes, kMega);
}

}  // namespace
}  // namespace memgov
