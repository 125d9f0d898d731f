#include "governor/cohort/audience.h"

#include <grp.h>
#include <sys/stat.h>

#include <fstream>

#include "governor/cohort/shared_file.h"
#include "governor/config/options.h"
#include "unit/cohort/cohort_support.h"

namespace memgov {
namespace {

using audience::Access;

constexpr gid_t kMonitors = 54321;

struct Look {
  mode_t mode = 0;
  gid_t group = 0;
  bool operator==(const Look&) const = default;
};

Look LookAt(const std::string& path) {
  struct stat status {};
  EXPECT_EQ(stat(path.c_str(), &status), 0) << path;
  return {status.st_mode & 07777U, status.st_gid};
}

// The runtime folder, a file that is shown and one that is not, made with these options.
struct Made {
  Look folder;
  Look shown;
  Look own;
};

Made MakeWith(const TempFolder& base, const char* group, const char* mode) {
  EXPECT_TRUE(*group == '\0' || options::Set(Option::kGroup, group));
  EXPECT_TRUE(*mode == '\0' || options::Set(Option::kMode, mode));
  std::string variable = std::string("MEMGOV_DIR=") + base.path();
  char* environment[] = {variable.data(), nullptr};
  const std::string folder = cohort::RuntimeFolder(environment);
  const int shown = shared_file::CreateShown((folder + "/1.stats").c_str(), 64);
  EXPECT_GE(shown, 0);
  EXPECT_GE(shared_file::Create((folder + "/cohort").c_str(), 64), 0);
  return {LookAt(folder), LookAt(folder + "/1.stats"), LookAt(folder + "/cohort")};
}

TEST(AudienceTest, TheOwnerOnlyByDefault) {
  const ChildEnd end = RunInChild([] {
    const TempFolder base;
    const Made made = MakeWith(base, "", "");
    EXPECT_EQ(made.folder.mode, 0700U);
    EXPECT_EQ(made.shown.mode, 0600U);
    EXPECT_EQ(made.own.mode, 0600U);
    EXPECT_EQ(audience::CurrentGroup().access, Access::kNone);
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
  EXPECT_EQ(end.error_text, "");
}

TEST(AudienceTest, AGroupThatReads) {
  if (geteuid() != 0) GTEST_SKIP() << "needs root to give files to any group";
  const ChildEnd end = RunInChild([] {
    umask(0777);
    const TempFolder base;
    const Made made = MakeWith(base, "54321", "");
    EXPECT_EQ(made.folder, (Look{0750, kMonitors}));
    EXPECT_EQ(made.shown, (Look{0640, kMonitors}));
    EXPECT_EQ(made.own.mode, 0600U) << "what processes share is nobody else's";
    EXPECT_EQ(audience::CurrentGroup().access, Access::kReads);
    const std::string socket = std::string(base.path()) + "/socket";
    std::ofstream{socket};
    ASSERT_EQ(chmod(socket.c_str(), 0600), 0);
    EXPECT_EQ(audience::Share(socket.c_str(), audience::Thing::kSocket), 0);
    EXPECT_EQ(LookAt(socket).mode, 0600U) << "who reads does not steer";
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
  EXPECT_EQ(end.error_text, "");
}

TEST(AudienceTest, AGroupThatSteersDoesNotWriteFiles) {
  if (geteuid() != 0) GTEST_SKIP() << "needs root to give files to any group";
  const ChildEnd end = RunInChild([] {
    const TempFolder base;
    const Made made = MakeWith(base, "54321", "0660");
    EXPECT_EQ(made.folder, (Look{0750, kMonitors}));
    EXPECT_EQ(made.shown, (Look{0640, kMonitors}));
    const std::string socket = std::string(base.path()) + "/socket";
    std::ofstream{socket};
    EXPECT_EQ(audience::Share(socket.c_str(), audience::Thing::kSocket), 0);
    EXPECT_EQ(LookAt(socket), (Look{0660, kMonitors}));
    EXPECT_EQ(audience::CurrentGroup().access, Access::kSteers);
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST(AudienceTest, AModeAloneIsForTheProcesssOwnGroup) {
  const ChildEnd end = RunInChild([] {
    const TempFolder base;
    EXPECT_EQ(MakeWith(base, "", "0640").shown, (Look{0640, getegid()}));
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST(AudienceTest, TheModeWinsOverTheGroup) {
  const ChildEnd end = RunInChild([] {
    const TempFolder base;
    EXPECT_EQ(MakeWith(base, "54321", "0600").shown.mode, 0600U);
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST(AudienceTest, AGroupThatThisUserIsNotIn) {
  if (geteuid() != 0) GTEST_SKIP() << "needs root to become another user";
  const ChildEnd end = RunInChild([] {
    const TempFolder base;
    ASSERT_EQ(chmod(base.path(), 01777), 0);
    ASSERT_EQ(setgroups(0, nullptr), 0);
    ASSERT_EQ(setgid(65533), 0);
    ASSERT_EQ(setuid(65534), 0);
    const Made made = MakeWith(base, "54321", "0660");
    EXPECT_EQ(made.folder.mode, 0700U);
    EXPECT_EQ(made.shown.mode, 0600U);
    EXPECT_EQ(audience::CurrentGroup().access, Access::kNone);
  });
  EXPECT_EQ(end.status, 0);
  EXPECT_EQ(
      end.error_text,
      "memgov: MEMGOV_GROUP=54321: this user may not give it anything (error 1); what this process shows "
      "is for its own user only\n");
}

// What helps a worker that shall not be in the group itself.
TEST(AudienceTest, AFolderThatAnAdministratorMade) {
  if (geteuid() != 0) GTEST_SKIP() << "needs root to become another user";
  constexpr uid_t kWorker = 65534;
  const ChildEnd end = RunInChild([] {
    const TempFolder base;
    ASSERT_EQ(chmod(base.path(), 0755), 0);
    const std::string folder = std::string(base.path()) + "/memgov-65534";
    ASSERT_EQ(mkdir(folder.c_str(), 0700), 0);
    ASSERT_EQ(chown(folder.c_str(), kWorker, kMonitors), 0);
    ASSERT_EQ(chmod(folder.c_str(), 02750), 0);
    ASSERT_EQ(setgroups(0, nullptr), 0);
    ASSERT_EQ(setgid(65533), 0);
    ASSERT_EQ(setuid(kWorker), 0);
    const Made made = MakeWith(base, "54321", "0660");
    EXPECT_EQ(made.folder, (Look{02750, kMonitors}));
    EXPECT_EQ(made.shown, (Look{0640, kMonitors}));
    EXPECT_EQ(made.own.mode, 0600U);
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
  EXPECT_EQ(end.error_text, "");
}

TEST(AudienceTest, ByNameAndByAnUnknownOne) {
  const group* own = getgrgid(0);
  ASSERT_NE(own, nullptr);
  const std::string name = own->gr_name;
  const ChildEnd known = RunInChild([&] {
    ASSERT_TRUE(options::Set(Option::kGroup, name.c_str()));
    EXPECT_EQ(audience::CurrentGroup().access, Access::kReads);
    EXPECT_EQ(audience::CurrentGroup().id, 0U);
  });
  EXPECT_EQ(known.status, 0) << known.error_text;
  const ChildEnd unknown = RunInChild([] {
    ASSERT_TRUE(options::Set(Option::kGroup, "no-such-group"));
    EXPECT_EQ(audience::CurrentGroup().access, Access::kNone);
  });
  EXPECT_EQ(unknown.status, 0);
  EXPECT_EQ(unknown.error_text,
            "memgov: MEMGOV_GROUP=no-such-group: no such group in /etc/group; what this process shows is for "
            "its own user only\n");
}

TEST(AudienceTest, LinesOfTheGroupFile) {
  const auto parse = [](const std::string& line, const char* name) -> int64_t {
    gid_t id = 0;
    return audience::ParseGroupLine(line.c_str(), line.c_str() + line.size(), name, &id) ? int64_t{id} : -1;
  };
  EXPECT_EQ(parse("monitors:x:54321:a,b", "monitors"), 54321);
  EXPECT_EQ(parse("monitors:x:54321", "monitors"), 54321);
  EXPECT_EQ(parse("monitors::7:", "monitors"), 7);
  for (const char* line : {"", "monitors", "monitors:x", "monitors:x:", "monitors:x:-1:", "monitors:x:7x:",
                           "monitorsx:x:7:", "#monitors:x:7:", "monitors:x:4294967295:", ":x:7:"})
    EXPECT_EQ(parse(line, "monitors"), -1) << line;
  const std::string two = "monitors:x\nothers:y:9:";
  gid_t id = 0;
  EXPECT_FALSE(audience::ParseGroupLine(two.c_str(), two.c_str() + 10, "monitors", &id))
      << "of the next line";
}

}  // namespace
}  // namespace memgov
