#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "unit/cohort/cohort_support.h"

namespace memgov {
namespace {

using cohort::RuntimeFolder;

// /dev/shm's is left as it was found.
class SharedFolderKeeper : public testing::Environment {
 public:
  void SetUp() override { there_ = std::filesystem::exists(Path()); }
  void TearDown() override {
    if (!there_) rmdir(Path().c_str());  // not when it is in use
  }

 private:
  static std::string Path() { return "/dev/shm/memgov-" + std::to_string(geteuid()); }
  bool there_ = true;
};
const testing::Environment* const keeper = testing::AddGlobalTestEnvironment(new SharedFolderKeeper);

std::string OwnName() { return "/memgov-" + std::to_string(geteuid()); }

// The folder with these two variables; what it says goes to the child's standard error.
std::string FolderWith(const std::string& dir, const std::string& xdg) {
  std::string first = "MEMGOV_DIR=" + dir;
  std::string second = "XDG_RUNTIME_DIR=" + xdg;
  std::string other = "MEMGOV_DIRECTORY=/nowhere";
  char* environment[] = {other.data(), first.data(), second.data(), nullptr};
  return RuntimeFolder(environment);
}

TEST(RuntimeFolderTest, IsMadeForTheOwnerOnlyWhereTheVariableSays) {
  const TempFolder folder;
  const ChildEnd end = RunInChild([&] {
    umask(0777);
    const std::string found = FolderWith(folder.path(), "");
    EXPECT_EQ(found, folder.path() + OwnName());
    struct stat status {};
    EXPECT_EQ(stat(found.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 07777, 0700U);
    EXPECT_EQ(FolderWith("/elsewhere", ""), found) << "looked up once";
  });
  EXPECT_EQ(end.status, 0);
  EXPECT_EQ(end.error_text, "");
}

TEST(RuntimeFolderTest, TheSessionsFolderComesNextAndSharedMemoryLast) {
  const TempFolder session;
  const ChildEnd second =
      RunInChild([&] { EXPECT_EQ(FolderWith("", session.path()), session.path() + OwnName()); });
  EXPECT_EQ(second.status, 0);
  const ChildEnd third = RunInChild([&] {
    EXPECT_EQ(FolderWith("", "/nowhere"), "/dev/shm" + OwnName()) << "left over by su: of no interest";
  });
  EXPECT_EQ(third.status, 0);
  EXPECT_EQ(third.error_text, "");
}

TEST(RuntimeFolderTest, ASessionFolderOfAnotherUserIsPassedOver) {
  if (geteuid() != 0) GTEST_SKIP() << "needs root to give a folder away";
  const TempFolder session;
  ASSERT_EQ(chown(session.path(), 65534, 65534), 0);
  const ChildEnd end = RunInChild([&] { EXPECT_EQ(FolderWith("", session.path()), "/dev/shm" + OwnName()); });
  EXPECT_EQ(end.status, 0);
}

// One line, naming the variable and its value; then the default.
void ExpectRefused(const std::string& dir, const std::string& reason) {
  const TempFolder session;
  const ChildEnd end =
      RunInChild([&] { EXPECT_EQ(FolderWith(dir, session.path()), session.path() + OwnName()); });
  EXPECT_EQ(end.status, 0);
  EXPECT_NE(end.error_text.find("MEMGOV_DIR=" + dir.substr(0, 60)), std::string::npos) << end.error_text;
  EXPECT_NE(end.error_text.find(reason), std::string::npos) << end.error_text;
  EXPECT_EQ(end.error_text.find('\n'), end.error_text.size() - 1) << end.error_text;
}

// The option table has said what is wrong with them.
TEST(RuntimeFolderTest, WhatIsNoAbsolutePathIsPassedOver) {
  for (const std::string& dir : {std::string("relative/path"), "/" + std::string(4000, 'x')}) {
    const TempFolder session;
    const ChildEnd end =
        RunInChild([&] { EXPECT_EQ(FolderWith(dir, session.path()), session.path() + OwnName()); });
    EXPECT_EQ(end.status, 0);
    EXPECT_EQ(end.error_text, "");
  }
}

TEST(RuntimeFolderTest, BadValues) {
  const TempFolder folder;
  const std::string file = std::string(folder.path()) + "/file";
  std::ofstream(file) << "x";
  ExpectRefused("/nowhere/at/all", "not there, or no folder can be made in it");
  ExpectRefused(file, "not a folder");
}

TEST(RuntimeFolderTest, WhatMayBeInItsPlace) {
  const TempFolder folder;
  const std::string own = folder.path() + OwnName();
  ASSERT_EQ(symlink("/tmp", own.c_str()), 0);
  ExpectRefused(folder.path(), "symbolic link");
  ASSERT_EQ(unlink(own.c_str()), 0);
  ASSERT_EQ(mkdir(own.c_str(), 0700), 0);
  for (const mode_t open : {0770, 0705, 0701}) {
    ASSERT_EQ(chmod(own.c_str(), open), 0);
    ExpectRefused(folder.path(), "open to others");
  }
  ASSERT_EQ(chmod(own.c_str(), 0700), 0);
  if (geteuid() != 0) return;
  ASSERT_EQ(chown(own.c_str(), 65534, 65534), 0);
  ExpectRefused(folder.path(), "another user's");
}

// Of another process of this user, which shows its files to a group: each file says itself who may read it.
TEST(RuntimeFolderTest, OneThatAGroupMayLookIntoIsTaken) {
  const TempFolder folder;
  const std::string own = folder.path() + OwnName();
  ASSERT_EQ(mkdir(own.c_str(), 0700), 0);
  ASSERT_EQ(chmod(own.c_str(), 0750), 0);
  const ChildEnd end = RunInChild([&] { EXPECT_EQ(FolderWith(folder.path(), ""), own); });
  EXPECT_EQ(end.status, 0);
  EXPECT_EQ(end.error_text, "");
}

TEST(RuntimeFolderTest, AnotherUserGetsAnotherFolder) {
  if (geteuid() != 0) GTEST_SKIP() << "needs root to become another user";
  const TempFolder folder;
  ASSERT_EQ(chmod(folder.path(), 01777), 0);
  const ChildEnd end = RunInChild([&] {
    EXPECT_EQ(FolderWith(folder.path(), ""), std::string(folder.path()) + "/memgov-0");
    ASSERT_EQ(setuid(65534), 0);
    EXPECT_EQ(FolderWith(folder.path(), ""), std::string(folder.path()) + "/memgov-65534");
  });
  EXPECT_EQ(end.status, 0);
}

TEST(RuntimeFolderTest, WithoutAnEnvironment) {
  const ChildEnd end = RunInChild([] { EXPECT_EQ(RuntimeFolder(nullptr), "/dev/shm" + OwnName()); });
  EXPECT_EQ(end.status, 0);
}

}  // namespace
}  // namespace memgov
