#include "governor/cli/exporter/textfile.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <iterator>

#include "fixture_machine.h"

namespace memgov::cli {
namespace {

using testing::HasSubstr;

std::string ReadAll(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

long FilesIn(const std::string& folder) {
  return std::distance(std::filesystem::directory_iterator(folder), std::filesystem::directory_iterator());
}

class Textfile : public testing::Test {
 protected:
  Textfile() { std::filesystem::create_directory(folder_); }
  FixtureMachine machine_;
  const std::string folder_ = machine_.root() + "/textfile";
  const std::string path_ = folder_ + "/memgov.prom";
};

TEST_F(Textfile, ReplacesTheOldPageAsAWhole) {
  ASSERT_TRUE(WriteTextfile(path_, "old\n").ok());
  std::ifstream reader(path_);
  ASSERT_TRUE(WriteTextfile(path_, std::string(1 << 20, 'x')).ok());
  EXPECT_EQ(ReadAll(path_).size(), size_t{1} << 20);
  std::string line;
  std::getline(reader, line);
  EXPECT_EQ(line, "old") << "who has the old file open must still have all of it";
  EXPECT_EQ(FilesIn(folder_), 1);
}

TEST_F(Textfile, IsReadableForAll) {
  const mode_t before = umask(022);
  ASSERT_TRUE(WriteTextfile(path_, "page\n").ok());
  umask(before);
  struct stat status;
  ASSERT_EQ(stat(path_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0644U);
}

TEST_F(Textfile, DoesNotFollowALink) {
  machine_.Write("victim", "precious\n");
  std::filesystem::create_symlink(machine_.root() + "/victim", path_);
  ASSERT_TRUE(WriteTextfile(path_, "page\n").ok());
  EXPECT_EQ(ReadAll(machine_.root() + "/victim"), "precious\n");
  EXPECT_EQ(ReadAll(path_), "page\n");
}

TEST_F(Textfile, SaysWhyItCannotBeWritten) {
  const absl::Status missing = WriteTextfile(machine_.root() + "/none/memgov.prom", "page\n");
  EXPECT_TRUE(absl::IsInvalidArgument(missing));
  EXPECT_THAT(std::string(missing.message()),
              HasSubstr("--textfile " + machine_.root() + "/none/memgov.prom"));
  EXPECT_TRUE(absl::IsInvalidArgument(WriteTextfile(folder_ + "/", "page\n")));
  std::filesystem::create_directory(path_);
  machine_.Write("textfile/memgov.prom/inside", "");
  EXPECT_FALSE(WriteTextfile(path_, "page\n").ok());
  EXPECT_EQ(FilesIn(folder_), 1) << "the temporary file must be gone";
}

}  // namespace
}  // namespace memgov::cli
