#include "governor/pressure/cgroup_parse.h"

#include <gtest/gtest.h>

#include <string>

#include "governor/pressure/cgroup.h"

namespace memgov {
namespace {

struct CgroupLineCase {
  const char* line;
  const char* path;  // nullptr: another form
  Hierarchy hierarchy;
};

constexpr CgroupLineCase kCgroupLines[] = {
    {"0::/", "/", Hierarchy::kUnified},
    {"0::/system.slice/api.service", "/system.slice/api.service", Hierarchy::kUnified},
    {"4:memory:/docker/6ae1", "/docker/6ae1", Hierarchy::kMemoryV1},
    {"4:cpu,memory:/a", "/a", Hierarchy::kMemoryV1},
    {"4:memory,hugetlb:/a", "/a", Hierarchy::kMemoryV1},
    {"4:cpu,memory,hugetlb:/a:b:c", "/a:b:c", Hierarchy::kMemoryV1},
    {"4:memoryx:/a", "/a", Hierarchy::kOther},
    {"4:xmemory:/a", "/a", Hierarchy::kOther},
    {"4:mem:/a", "/a", Hierarchy::kOther},
    {"9:name=memory:/a", "/a", Hierarchy::kOther},
    {"9:name=systemd:/a", "/a", Hierarchy::kOther},
    {"7::/a", "/a", Hierarchy::kOther},
    {"0::/../escaped", "/../escaped", Hierarchy::kUnified},
    {"", nullptr, Hierarchy::kOther},
    {"0", nullptr, Hierarchy::kOther},
    {"0:", nullptr, Hierarchy::kOther},
    {"0::", nullptr, Hierarchy::kOther},
    {"0::relative", nullptr, Hierarchy::kOther},
    {":memory:/a", nullptr, Hierarchy::kOther},
    {"x:memory:/a", nullptr, Hierarchy::kOther},
    {"-1:memory:/a", nullptr, Hierarchy::kOther},
    {"99999999999999999999:memory:/a", nullptr, Hierarchy::kOther},
    {"4 memory /a", nullptr, Hierarchy::kOther},
};

TEST(CgroupParseTest, LinesOfProcSelfCgroup) {
  for (const CgroupLineCase& test : kCgroupLines) {
    Hierarchy hierarchy = Hierarchy::kOther;
    const char* path = ParseCgroupLine(test.line, &hierarchy);
    if (test.path == nullptr) {
      EXPECT_EQ(path, nullptr) << test.line;
    } else {
      EXPECT_STREQ(path, test.path) << test.line;
      EXPECT_EQ(hierarchy, test.hierarchy) << test.line;
    }
  }
}

struct MountCase {
  const char* line;
  Hierarchy hierarchy;  // kOther: refused
  const char* root;
  const char* point;
};

constexpr MountCase kMounts[] = {
    {"41 31 0:38 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw", Hierarchy::kUnified, "/", "/sys/fs/cgroup"},
    {"41 31 0:38 / /sys/fs/cgroup rw shared:9 master:3 propagate_from:2 - cgroup2 cgroup rw,nsdelegate",
     Hierarchy::kUnified, "/", "/sys/fs/cgroup"},
    {"41 31 0:38 /docker/6ae1 /sys/fs/cgroup ro - cgroup2 cgroup rw", Hierarchy::kUnified, "/docker/6ae1",
     "/sys/fs/cgroup"},
    {"35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory", Hierarchy::kMemoryV1, "/",
     "/sys/fs/cgroup/memory"},
    {"35 31 0:32 / /a rw - cgroup none memory,cpu", Hierarchy::kMemoryV1, "/", "/a"},
    {"35 31 0:32 / /a rw - cgroup  rw,memory", Hierarchy::kMemoryV1, "/", "/a"},
    {R"(35 31 0:32 /a\040b /c\011d\134e\012f rw - cgroup2 cgroup2 rw)", Hierarchy::kUnified, "/a b",
     "/c\td\\e\nf"},
    {R"(35 31 0:32 /a\04 /b\477\9 rw - cgroup2 cgroup2 rw)", Hierarchy::kUnified, "/a\\04", "/b\\477\\9"},
    {R"(35 31 0:32 /a\ /b\0 rw - cgroup2 cgroup2 rw)", Hierarchy::kUnified, "/a\\", "/b\\0"},
    {"35 31 0:32 / /a rw - cgroup cgroup rw,cpu", Hierarchy::kOther, nullptr, nullptr},
    {"35 31 0:32 / /a rw - cgroup cgroup rw,name=memory", Hierarchy::kOther, nullptr, nullptr},
    {"35 31 0:32 / /a rw - tmpfs memory rw,memory", Hierarchy::kOther, nullptr, nullptr},
    {"35 31 0:32 / /a rw - cgroup2 cgroup2", Hierarchy::kOther, nullptr, nullptr},
    {"35 31 0:32 / /a rw - cgroup2", Hierarchy::kOther, nullptr, nullptr},
    {"35 31 0:32 / /a rw shared:9 cgroup2 cgroup2 rw", Hierarchy::kOther, nullptr, nullptr},
    {"35 31 0:32 relative /a rw - cgroup2 cgroup2 rw", Hierarchy::kOther, nullptr, nullptr},
    {"35 31 0:32 / relative rw - cgroup2 cgroup2 rw", Hierarchy::kOther, nullptr, nullptr},
    {"35 31 0:32 /", Hierarchy::kOther, nullptr, nullptr},
    {" ", Hierarchy::kOther, nullptr, nullptr},
    {"", Hierarchy::kOther, nullptr, nullptr},
};

TEST(CgroupParseTest, LinesOfMountinfo) {
  for (const MountCase& test : kMounts) {
    std::string line = test.line;
    CgroupMount mount;
    const bool good = ParseCgroupMount(line.data(), &mount);
    EXPECT_EQ(good, test.hierarchy != Hierarchy::kOther) << test.line;
    if (!good) continue;
    EXPECT_EQ(mount.hierarchy, test.hierarchy) << test.line;
    EXPECT_STREQ(mount.root, test.root);
    EXPECT_STREQ(mount.point, test.point);
  }
}

struct BelowCase {
  const char* path;
  const char* root;
  const char* below;
};

constexpr BelowCase kBelow[] = {
    {"/", "/", ""},
    {"/a/b", "/", "/a/b"},
    {"/a/b", "/a", "/b"},
    {"/a/b", "/a/b", ""},
    {"/a", "/a/b", nullptr},
    {"/ab", "/a", nullptr},
    {"/", "/docker/6ae1", nullptr},
    {"/kubepods/x", "/docker/6ae1", nullptr},
    {"/../other", "/", nullptr},
    {"/..", "/", nullptr},
    {"/a/../b", "/a", nullptr},
    {"/..x/y", "/", "/..x/y"},
    {"/../../a/b", "/../../a", "/b"},
    {"/", "/..", nullptr},
};

TEST(CgroupParseTest, PathsBelowAMount) {
  for (const BelowCase& test : kBelow) {
    EXPECT_STREQ(PathBelow(test.path, test.root), test.below) << test.path << " in " << test.root;
  }
}

TEST(CgroupParseTest, Numbers) {
  uint64_t value = 0;
  EXPECT_TRUE(ParseCgroupNumber("max\n", &value));
  EXPECT_EQ(value, kNoLimit);
  EXPECT_TRUE(ParseCgroupNumber("max", &value));
  EXPECT_TRUE(ParseCgroupNumber("0", &value));
  EXPECT_EQ(value, 0U);
  EXPECT_TRUE(ParseCgroupNumber("268435456\n", &value));
  EXPECT_EQ(value, 268435456U);
  EXPECT_TRUE(ParseCgroupNumber("18446744073709551615\n", &value));
  EXPECT_EQ(value, UINT64_MAX);
  value = 4711;
  for (const char* bad : {"", "\n", "-1\n", "18446744073709551616\n", "12 13\n", "12x", "0x10", "maximum",
                          "ma", "Max\n", " 12", "12\n\n", "12\n13\n", "+1", "1e6", "max 1"}) {
    EXPECT_FALSE(ParseCgroupNumber(bad, &value)) << bad;
  }
  EXPECT_EQ(value, 4711U);
}

struct KeyedCase {
  const char* text;
  const char* key;
  bool good;
  uint64_t value;
};

constexpr KeyedCase kKeyed[] = {
    {"anon 17\nfile 18\n", "anon", true, 17},
    {"anon 17\nfile 18\n", "file", true, 18},
    {"anon 17\nfile 18", "file", true, 18},
    {"inactive_file 1\nfile 2\n", "file", true, 2},
    {"file_mapped 1\nfile 2\n", "file", true, 2},
    {"oom 1\noom_kill 2\n", "oom_kill", true, 2},
    {"oom_kill 2\n", "oom", false, 0},
    {"file\t2\n", "file", false, 0},
    {"file  2\n", "file", false, 0},
    {"file\n2\n", "file", false, 0},
    {"file x\n", "file", false, 0},
    {"file -2\n", "file", false, 0},
    {"file 2x\n", "file", false, 0},
    {"file ", "file", false, 0},
    {"file 18446744073709551616\n", "file", false, 0},
    {"x file 2\n", "file", false, 0},
    {"\n\n\nfile 2\n", "file", true, 2},
    {"", "file", false, 0},
};

TEST(CgroupParseTest, KeyedNumbers) {
  for (const KeyedCase& test : kKeyed) {
    uint64_t value = 0;
    EXPECT_EQ(FindKeyedNumber(test.text, test.key, &value), test.good) << test.text;
    EXPECT_EQ(value, test.value) << test.text;
  }
}

TEST(CgroupParseTest, EventsKeepWhatIsMissing) {
  CgroupEvents events;
  events.low = 9;
  ParseEvents("high 1\nmax 2\noom 3\noom_kill 4\noom_group_kill 5\n", &events);
  EXPECT_EQ(events.low, 9U);
  EXPECT_EQ(events.high, 1U);
  EXPECT_EQ(events.max, 2U);
  EXPECT_EQ(events.oom, 3U);
  EXPECT_EQ(events.oom_kill, 4U);
}

}  // namespace
}  // namespace memgov
