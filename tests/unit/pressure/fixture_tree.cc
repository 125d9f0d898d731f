#include "unit/pressure/fixture_tree.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <fstream>

namespace memgov {

FixtureTree::FixtureTree() : root_(testing::TempDir() + "memgov_tree_XXXXXX") {
  if (mkdtemp(root_.data()) == nullptr) abort();
}

FixtureTree::~FixtureTree() {
  std::error_code ignored;
  std::filesystem::remove_all(root_, ignored);
}

void FixtureTree::Write(const std::string& path, const std::string& text) const {
  const std::filesystem::path file = root_ + path;
  std::filesystem::create_directories(file.parent_path());
  std::ofstream(file) << text;
  EXPECT_TRUE(std::filesystem::exists(file)) << file;
}

void FixtureTree::Process(const std::string& cgroup, const std::string& mountinfo) const {
  Write("/proc/self/cgroup", cgroup);
  Write("/proc/self/mountinfo",
        "22 28 0:20 / /proc rw,nosuid,nodev,noexec,relatime shared:12 - proc proc rw\n" + mountinfo +
            "99 22 0:77 / /tmp rw - tmpfs tmpfs rw\n");
}

CgroupFiles FixtureTree::Find() const {
  CgroupFiles files;
  files.Find(root());
  return files;
}

void FixtureTree::WriteLevel(const std::string& directory, const Level& level) const {
  Write(directory + "/memory.max", level.max);
  Write(directory + "/memory.high", level.high);
  Write(directory + "/memory.current", std::to_string(level.current) + "\n");
  Write(directory + "/memory.stat",
        "anon " + std::to_string(level.anonymous) + "\nfile 123456789\nkernel 4096\n" +
            "inactive_anon 17\ninactive_file " + std::to_string(level.inactive_file) + "\nactive_file " +
            std::to_string(level.active_file) + "\nunevictable 0\nslab_reclaimable " +
            std::to_string(level.slab) + "\nslab_unreclaimable 999\nslab 1000\n");
}

// A cgroup's own figures are there to mislead: those with total_ count.
void FixtureTree::WriteLevelV1(const std::string& directory, const LevelV1& level) const {
  Write(directory + "/memory.limit_in_bytes", level.limit);
  Write(directory + "/memory.usage_in_bytes", std::to_string(level.usage) + "\n");
  Write(directory + "/memory.use_hierarchy", "1\n");
  Write(directory + "/memory.stat",
        "cache 1\nrss 2\ninactive_file 3\nactive_file 4\nhierarchical_memory_limit " +
            level.hierarchical_limit + "hierarchical_memsw_limit 5\ntotal_cache 6\n" + "total_rss " +
            std::to_string(level.rss) + "\ntotal_rss_huge 7\n" + "total_inactive_file " +
            std::to_string(level.inactive_file) + "\ntotal_active_file " + std::to_string(level.active_file) +
            "\n");
}

std::string MountV2(const std::string& root, const std::string& point) {
  return "41 31 0:38 " + root + " " + point +
         " rw,nosuid shared:9 master:3 - cgroup2 cgroup2 rw,nsdelegate\n";
}

std::string MountV1(const std::string& root, const std::string& point, const std::string& controllers) {
  return "35 31 0:32 " + root + " " + point + " rw,relatime - cgroup cgroup rw," + controllers + "\n";
}

}  // namespace memgov
