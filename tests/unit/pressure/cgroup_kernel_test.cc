// The kernel's own files: a cgroup made for the test, a child in it, 32 MB.
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#include <fstream>
#include <string>

#include "governor/pressure/cgroup.h"
#include "unit/child.h"
#include "unit/pressure/fixture_tree.h"

namespace memgov {
namespace {

constexpr uint64_t kLimit = 256 * kMega;
constexpr uint64_t kBlock = 32 * kMega;

bool WriteFile(const std::string& path, const std::string& text) {
  std::ofstream file(path);
  file << text << std::flush;
  return file.good();
}

// A cgroup below this process's own, removed with the object. "" with a reason where it cannot be made.
class OwnCgroup {
 public:
  OwnCgroup() {
    CgroupFiles files;
    files.Find("");
    if (files.version() == CgroupVersion::kNone) {
      reason_ = "no memory cgroup is mounted here";
      return;
    }
    const char* limit_name = files.version() == CgroupVersion::kV1 ? "/memory.limit_in_bytes" : "/memory.max";
    path_ = std::string(files.memory_directory()) + "/memgov_test_" + std::to_string(getpid());
    if (mkdir(path_.c_str(), 0755) != 0) {
      reason_ = "no right to make " + path_;
      path_.clear();
    } else if (!WriteFile(path_ + limit_name, std::to_string(kLimit))) {
      reason_ = "no limit can be set in " + path_;
    }
  }
  // The last child's cgroup is busy until the kernel has let go of it.
  ~OwnCgroup() {
    if (path_.empty()) return;
    EXPECT_TRUE(WaitUntil([&] { return rmdir(path_.c_str()) == 0; })) << path_;
  }
  OwnCgroup(const OwnCgroup&) = delete;
  OwnCgroup& operator=(const OwnCgroup&) = delete;

  const std::string& reason() const { return reason_; }
  bool Enter() const { return WriteFile(path_ + "/cgroup.procs", std::to_string(getpid())); }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
  std::string reason_;
};

void TouchAndCompare(const CgroupFiles& files) {
  const CgroupReading before = files.Read();
  void* block = mmap(nullptr, kBlock, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(block, MAP_FAILED);
  std::memset(block, 1, kBlock);
  const CgroupReading after = files.Read();
  EXPECT_TRUE(after.valid);
  EXPECT_LE(after.limit_bytes, kLimit);
  // Counters are flushed in batches: a quarter off at most.
  EXPECT_GT(after.charged_bytes, before.charged_bytes + kBlock * 3 / 4);
  EXPECT_LT(after.charged_bytes, before.charged_bytes + kBlock * 5 / 4);
  EXPECT_GT(after.usage_bytes, kBlock * 3 / 4);
  EXPECT_TRUE(WaitUntil([&] { return files.Read().anonymous_bytes > kBlock * 3 / 4; }));
  munmap(block, kBlock);
  EXPECT_TRUE(WaitUntil([&] { return files.Read().charged_bytes < before.charged_bytes + kBlock / 4; }));
}

TEST(CgroupKernelTest, ChargedFollowsWhatIsTouched) {
#ifdef __SANITIZE_THREAD__
  GTEST_SKIP() << "the sanitizer's shadow of the memory is charged too";
#endif
  OwnCgroup cgroup;
  if (!cgroup.reason().empty()) GTEST_SKIP() << cgroup.reason();
  CgroupFiles parent;
  parent.Find("");
  const ChildEnd end = RunInChild([&] {
    ASSERT_TRUE(cgroup.Enter());
    CgroupFiles files;
    files.Find("");
    EXPECT_EQ(files.memory_directory(), cgroup.path());
    EXPECT_LE(files.ReadLimit(), kLimit);
    EXPECT_NE(files.identity(), 0U);
    EXPECT_NE(files.identity(), parent.identity());
    TouchAndCompare(files);
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST(CgroupKernelTest, FindsTheSameTwice) {
  CgroupFiles first;
  CgroupFiles second;
  first.Find("");
  second.Find("");
  if (first.version() == CgroupVersion::kNone) GTEST_SKIP() << "no memory cgroup is mounted here";
  EXPECT_STREQ(first.memory_directory(), second.memory_directory());
  EXPECT_EQ(first.identity(), second.identity());
  EXPECT_EQ(first.ReadLimit(), second.ReadLimit());
}

}  // namespace
}  // namespace memgov
