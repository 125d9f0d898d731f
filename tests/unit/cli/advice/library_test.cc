#include "governor/cli/target/library.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

namespace memgov::cli {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class LibraryTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = ::testing::TempDir() + "memgov-library-XXXXXX";
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string Make(const std::string& name) {
    std::filesystem::create_directories(std::filesystem::path(folder_ + name).parent_path());
    std::ofstream(folder_ + name) << "x";
    return folder_ + name;
  }

  std::string folder_;
};

TEST(LibraryName, OfAnEngine) {
  EXPECT_EQ(*LibraryFileName(""), "libmemgov.so");
  EXPECT_EQ(*LibraryFileName("system"), "libmemgov-system.so");
  EXPECT_EQ(LibraryFileName("jemalloc").status().message(),
            "--engine 'jemalloc': allowed are arena, mimalloc, system");
}

TEST(LibraryFolders, OfABuildTreeAndOfAnInstallation) {
  EXPECT_THAT(LibraryFolders("/src/build/governor/cli/memgov", ""), Contains("/src/build/shim"));
  EXPECT_THAT(LibraryFolders("/usr/bin/memgov", ""), Contains("/usr/lib/x86_64-linux-gnu"));
  EXPECT_THAT(LibraryFolders("/opt/memgov/bin/memgov", ""), Contains("/opt/memgov/lib"));
  EXPECT_THAT(LibraryFolders("/usr/bin/memgov", "/my/folder"), ElementsAre("/my/folder"));
}

TEST_F(LibraryTest, TheFirstFolderThatHasIt) {
  const std::string path = Make("/lib/libmemgov-arena.so");
  EXPECT_EQ(*FindLibraryIn("arena", {folder_ + "/none", folder_ + "/lib"}), path);
}

TEST_F(LibraryTest, AFolderOfItsNameIsNoObject) {
  std::filesystem::create_directories(folder_ + "/lib/libmemgov.so");
  const auto path = FindLibraryIn("", {folder_ + "/lib"});
  EXPECT_EQ(path.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(path.status().message()),
              HasSubstr("libmemgov.so is in none of: " + folder_ + "/lib"));
}

TEST_F(LibraryTest, APathThatLdPreloadCannotName) {
  Make("/with blank/libmemgov.so");
  EXPECT_EQ(FindLibraryIn("", {folder_ + "/with blank"}).status().code(),
            absl::StatusCode::kFailedPrecondition);
}

}  // namespace
}  // namespace memgov::cli
