// fixture_tree.h: a folder that stands for "/" in tests of what is read from /proc and /sys.
//
// Safety: one test at a time; the folder and all in it goes with the object.
#ifndef MEMGOV_TESTS_UNIT_PRESSURE_FIXTURE_TREE_H_
#define MEMGOV_TESTS_UNIT_PRESSURE_FIXTURE_TREE_H_

#include <filesystem>
#include <string>

#include "governor/pressure/cgroup.h"

namespace memgov {

constexpr uint64_t kMega = 1 << 20;
constexpr const char* kV1Unlimited = "9223372036854771712\n";

class FixtureTree {
 public:
  FixtureTree();
  ~FixtureTree();
  FixtureTree(const FixtureTree&) = delete;
  FixtureTree& operator=(const FixtureTree&) = delete;

  const char* root() const { return root_.c_str(); }
  std::string Path(const std::string& path) const { return root_ + path; }

  // Writes a file below the root, making its folders.
  void Write(const std::string& path, const std::string& text) const;
  void MakeFolder(const std::string& path) const { std::filesystem::create_directories(root_ + path); }
  void Remove(const std::string& path) const { std::filesystem::remove_all(root_ + path); }

  // /proc/self/cgroup and /proc/self/mountinfo.
  void Process(const std::string& cgroup, const std::string& mountinfo) const;
  CgroupFiles Find() const;

  // A level of v2: memory.max, memory.high, memory.current and a memory.stat of these bytes.
  struct Level {
    std::string max = "max\n";
    std::string high = "max\n";
    uint64_t current = 0;
    uint64_t anonymous = 0;
    uint64_t active_file = 0;
    uint64_t inactive_file = 0;
    uint64_t slab = 0;
  };
  void WriteLevel(const std::string& directory, const Level& level) const;

  // A level of v1.
  struct LevelV1 {
    std::string limit = kV1Unlimited;
    uint64_t usage = 0;
    uint64_t rss = 0;
    uint64_t active_file = 0;
    uint64_t inactive_file = 0;
    std::string hierarchical_limit = kV1Unlimited;
  };
  void WriteLevelV1(const std::string& directory, const LevelV1& level) const;

 private:
  std::string root_;
};

// Lines of mountinfo.
std::string MountV2(const std::string& root, const std::string& point);
std::string MountV1(const std::string& root, const std::string& point, const std::string& controllers);

}  // namespace memgov

#endif  // MEMGOV_TESTS_UNIT_PRESSURE_FIXTURE_TREE_H_
