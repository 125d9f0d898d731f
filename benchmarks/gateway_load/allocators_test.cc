#include "allocators.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <fstream>

#include "options.h"

namespace gateway_load {
namespace {

namespace fs = std::filesystem;

class Folder {
 public:
  Folder() {
    std::string path = fs::temp_directory_path() / "allocators_test.XXXXXX";
    path_ = fs::canonical(mkdtemp(path.data()));
  }
  ~Folder() { fs::remove_all(path_); }
  void Add(const std::string& name, const std::string& content) { std::ofstream(path_ / name) << content; }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

std::vector<std::string> Names(const std::vector<Allocator>& allocators) {
  std::vector<std::string> names;
  for (const Allocator& allocator : allocators) names.push_back(allocator.name);
  return names;
}

TEST(FindAllocators, SaysWhatIsAbsentAndHowToGetIt) {
  Folder folder;
  folder.Add("libmimalloc.so.2.0", "peer");
  const AllocatorSearch search = FindAllocators({.memgov = {folder.path()}, .system = {folder.path()}});
  EXPECT_EQ(Names(search.found), (std::vector<std::string>{"glibc", "glibc-arena2", "mimalloc"}));
  EXPECT_EQ(search.found.back().preload, folder.path() / "libmimalloc.so.2.0");
  ASSERT_EQ(search.absent.size(), 6u);
  EXPECT_EQ(search.absent[4], "jemalloc: no libjemalloc.so.2 found (apt-get install libjemalloc2)");
}

TEST(FindAllocators, LeavesOutAnObjectThatIsACopyOfAnother) {
  Folder folder;
  folder.Add("libmemgov.so", "engine one");
  folder.Add("libmemgov-mimalloc.so", "engine one");
  folder.Add("libmemgov-system.so", "engine two");
  EXPECT_EQ(Names(FindAllocators({.memgov = {folder.path()}, .system = {}}).found),
            (std::vector<std::string>{"glibc", "glibc-arena2", "memgov-mimalloc", "memgov-system"}));
  folder.Add("libmemgov.so", "engine three");
  folder.Add("libmemgov-arena.so", "engine four");
  EXPECT_EQ(Names(FindAllocators({.memgov = {folder.path()}, .system = {}}).found),
            (std::vector<std::string>{"glibc", "glibc-arena2", "memgov", "memgov-arena", "memgov-mimalloc",
                                      "memgov-system"}));
}

TEST(ParseAllocator, TakesNameObjectAndVariables) {
  const absl::StatusOr<Allocator> allocator = ParseAllocator("mine=,A=1,B=x=y");
  ASSERT_TRUE(allocator.ok());
  EXPECT_EQ(allocator->name, "mine");
  EXPECT_TRUE(allocator->preload.empty());
  EXPECT_EQ(allocator->environment,
            (std::vector<std::pair<std::string, std::string>>{{"A", "1"}, {"B", "x=y"}}));
}

TEST(ParseAllocator, RefusesWhatItCannotUse) {
  EXPECT_FALSE(ParseAllocator("mine").ok());
  EXPECT_FALSE(ParseAllocator("=x.so").ok());
  EXPECT_FALSE(ParseAllocator("mine=/nowhere/at/all.so").ok());
  EXPECT_FALSE(ParseAllocator("mine=,A").ok());
}

TEST(Select, KeepsTheOrderAndNamesWhatIsMissing) {
  const AllocatorSearch search = FindAllocators({});
  EXPECT_EQ(Names(*Select(search, {"glibc-arena2", "glibc"})),
            (std::vector<std::string>{"glibc-arena2", "glibc"}));
  EXPECT_EQ(Select(search, {"hoard"}).status().message(),
            "no allocator 'hoard' here; there are glibc, glibc-arena2");
}

TEST(ParseBodySizes, TakesASizeOrARange) {
  EXPECT_EQ(ParseBodySizes("200K")->smallest, 200u << 10);
  EXPECT_EQ(ParseBodySizes("1K-2M")->smallest, 1u << 10);
  EXPECT_EQ(ParseBodySizes("1K-2M")->largest, 2u << 20);
  for (const char* wrong : {"", "K", "-5K", "0", "2M-1K", "1K-", "100G", "999999999999999999M", "1K-2K-3K"}) {
    EXPECT_FALSE(ParseBodySizes(wrong).ok()) << wrong;
  }
}

}  // namespace
}  // namespace gateway_load
