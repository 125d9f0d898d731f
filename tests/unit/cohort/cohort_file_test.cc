// What may be in the place of the cohort's file, and what may be in it.
#include <errno.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <fstream>
#include <random>

#include "governor/cohort/segment.h"
#include "unit/cohort/cohort_support.h"

namespace memgov {
namespace {

// The name that the cohort's file has here.
std::string FileName(const TempFolder& folder) {
  std::string name;
  const ChildEnd end = RunInChild([&] { EXPECT_TRUE(JoinTestCohort(folder)); });
  EXPECT_EQ(end.status, 0) << end.error_text;
  EXPECT_EQ(folder.Files().size(), 1U);
  return folder.Files().empty() ? "" : folder.Files()[0];
}

// Refused with one line, which names the file, however often it is asked; and reservations still count.
void ExpectAlone(const TempFolder& folder, const std::string& file, const std::string& reason) {
  const ChildEnd end = RunInChild([&] {
    EXPECT_FALSE(JoinTestCohort(folder));
    EXPECT_FALSE(JoinTestCohort(folder));
    cohort::Reserve(5);
    EXPECT_EQ(cohort::Reserved(), 5U);
    EXPECT_EQ(ViewNow().members, 1U);
  });
  EXPECT_EQ(end.status, 0);
  EXPECT_NE(end.error_text.find(file), std::string::npos) << end.error_text;
  EXPECT_NE(end.error_text.find(reason), std::string::npos) << end.error_text;
  EXPECT_EQ(end.error_text.find('\n'), end.error_text.size() - 1) << end.error_text;
}

void WriteFile(const std::string& path, const std::string& content) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << content;
}

TEST(CohortFileTest, IsTheOwnersOnlyWhateverTheUmask) {
  for (const mode_t mask : {mode_t{0}, mode_t{0777}}) {
    const TempFolder folder;
    const ChildEnd end = RunInChild([&] {
      umask(mask);
      EXPECT_TRUE(JoinTestCohort(folder));
      struct stat status {};
      EXPECT_EQ(stat(folder.Files().at(0).c_str(), &status), 0);
      EXPECT_EQ(status.st_mode & 07777, 0600U);
      EXPECT_EQ(static_cast<size_t>(status.st_size), sizeof(cohort::Segment));
    });
    EXPECT_EQ(end.status, 0) << end.error_text;
  }
}

TEST(CohortFileTest, KeepsNoDescriptorOpen) {
  const TempFolder folder;
  const ChildEnd end = RunInChild([&] {
    const int before = dup(0);
    close(before);
    EXPECT_TRUE(JoinTestCohort(folder));
    ViewNow();
    EXPECT_EQ(dup(0), before);
  });
  EXPECT_EQ(end.status, 0);
}

TEST(CohortFileTest, OfAnotherSizeOrOpenToOthersIsRefused) {
  const TempFolder folder;
  const std::string file = FileName(folder);
  ASSERT_EQ(chmod(file.c_str(), 0644), 0);
  ExpectAlone(folder, file, "open to others");
  ASSERT_EQ(chmod(file.c_str(), 0600), 0);
  for (const off_t size : {off_t{0}, off_t{1}, off_t{4096}, off_t{8193}}) {
    ASSERT_EQ(truncate(file.c_str(), size), 0);
    ExpectAlone(folder, file, "not a cohort file");
  }
}

TEST(CohortFileTest, WithAnotherHeaderIsRefused) {
  const TempFolder folder;
  const std::string file = FileName(folder);
  WriteFile(file, std::string(sizeof(cohort::Segment), '\0'));
  ExpectAlone(folder, file, "not a cohort file");
  WriteFile(file, std::string(sizeof(cohort::Segment), 'x'));
  ExpectAlone(folder, file, "not a cohort file");
}

TEST(CohortFileTest, LinksFoldersAndPipesAreRefused) {
  const TempFolder folder;
  const std::string file = FileName(folder);
  ASSERT_EQ(rename(file.c_str(), (file + ".real").c_str()), 0);
  ASSERT_EQ(symlink((file + ".real").c_str(), file.c_str()), 0);
  ExpectAlone(folder, file, "a symbolic link");
  ASSERT_EQ(unlink(file.c_str()), 0);
  ASSERT_EQ(mkdir(file.c_str(), 0700), 0);
  ExpectAlone(folder, file, "not a cohort file");
  ASSERT_EQ(rmdir(file.c_str()), 0);
  ASSERT_EQ(mkfifo(file.c_str(), 0600), 0);
  ExpectAlone(folder, file, "not a cohort file");
}

TEST(CohortFileTest, AnotherUsersIsRefused) {
  if (geteuid() != 0) GTEST_SKIP() << "needs root to give a file away";
  const TempFolder folder;
  const std::string file = FileName(folder);
  ASSERT_EQ(chown(file.c_str(), 65534, 65534), 0);
  ExpectAlone(folder, file, "another user's");
}

TEST(CohortFileTest, AFolderThatIsGone) {
  const TempFolder folder;
  std::filesystem::remove_all(folder.path());
  ExpectAlone(folder, folder.path(), "cannot be made");
}

// SIGXFSZ would end the process.
TEST(CohortFileTest, ALimitOfFileSizes) {
  const TempFolder folder;
  const ChildEnd end = RunInChild([&] {
    const rlimit limit{100, 100};
    ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &limit), 0);
    EXPECT_FALSE(JoinTestCohort(folder));
  });
  EXPECT_EQ(end.status, 0);
  EXPECT_NE(end.error_text.find("file sizes"), std::string::npos) << end.error_text;
}

TEST(CohortFileTest, EveryCallMayFail) {
  const TempFolder folder;
  for (const os::Call call : {os::Call::kOpen, os::Call::kRead, os::Call::kMmap}) {
    for (uint32_t nth = 1; nth < 8; ++nth) {
      const ChildEnd end = RunInChild([&] {
        os::FailNth(call, nth, false);
        JoinTestCohort(folder);
        cohort::Reserve(3);
        EXPECT_EQ(cohort::Reserved(), 3U);
        os::FailNth(call, 0, false);
        EXPECT_TRUE(JoinTestCohort(folder)) << "nothing was left in the way";
        EXPECT_EQ(cohort::Reserved(), 3U);
        cohort::Leave();
      });
      EXPECT_EQ(end.status, 0) << os::CallName(call) << nth << end.error_text;
      EXPECT_TRUE(folder.Files().empty());
    }
  }
}

// A file system of its own: full, or read-only.
class Mounted {
 public:
  Mounted(const char* at, const char* options, unsigned long flags) : at_(at) {
    mounted_ = mount("none", at, "tmpfs", flags, options) == 0;
  }
  ~Mounted() {
    if (mounted_) umount2(at_, MNT_DETACH);
  }
  Mounted(const Mounted&) = delete;
  Mounted& operator=(const Mounted&) = delete;
  bool mounted() const { return mounted_; }

 private:
  const char* at_;
  bool mounted_;
};

TEST(CohortFileTest, AFullFileSystem) {
  const TempFolder folder;
  const Mounted full(folder.path(), "size=4096,mode=0700", 0);
  if (!full.mounted()) GTEST_SKIP() << "needs root to mount a file system";
  ExpectAlone(folder, folder.path(), "no space");
  EXPECT_TRUE(folder.Files().empty()) << "nothing half made stays";
}

TEST(CohortFileTest, AReadOnlyFileSystem) {
  const TempFolder folder;
  const Mounted read_only(folder.path(), "mode=0700", MS_RDONLY);
  if (!read_only.mounted()) GTEST_SKIP() << "needs root to mount a file system";
  ExpectAlone(folder, folder.path(), "read-only");
}

cohort::Segment* MapFile(const TempFolder& folder) {
  const int descriptor = open(folder.Files().at(0).c_str(), O_RDWR | O_CLOEXEC);
  void* memory = mmap(nullptr, sizeof(cohort::Segment), PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
  close(descriptor);
  return static_cast<cohort::Segment*>(memory);
}

// Every word of it, while it is joined: figures are wrong then, and nothing else happens.
TEST(CohortFileTest, GarbageInTheSegmentCostsAccuracyOnly) {
  const TempFolder folder;
  const ChildEnd end = RunInChild([&] {
    EXPECT_TRUE(JoinTestCohort(folder));
    auto* words = reinterpret_cast<uint64_t*>(MapFile(folder));
    std::mt19937_64 random(7);
    for (int round = 0; round < 200; ++round) {
      for (size_t at = 0; at < sizeof(cohort::Segment) / 8; ++at) {
        words[at] = random() >> (random() % 64);
        if (random() % 4 == 0) words[at] = UINT64_MAX;
      }
      cohort::Publish(Member(1, 2, 3), os::NowNanoseconds());
      const CohortView view = ViewNow();
      EXPECT_LE(view.members, cohort::kSlots);
      EXPECT_LE(view.others_reserved, cohort::kSlots * cohort::kMostBytes);
      EXPECT_LE(view.others_anonymous, cohort::kSlots * cohort::kMostBytes);
      EXPECT_LE(view.most_releasable, cohort::kMostBytes);
      cohort::Reserve(10);
      EXPECT_LE(cohort::Reserved(), 2 * cohort::kMostBytes);
      EXPECT_LE(cohort::ReservedByOthers(), cohort::kSlots * cohort::kMostBytes);
      cohort::Unreserve(10);
    }
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST(CohortFileTest, ASlotThatWasTakenAwayIsTakenAgain) {
  const TempFolder folder;
  const ChildEnd end = RunInChild([&] {
    EXPECT_TRUE(JoinTestCohort(folder));
    cohort::Reserve(10);
    cohort::Segment* segment = MapFile(folder);
    segment->slots[0].owner = 0;
    cohort::Publish(Member(1, 2, 3), 9);
    EXPECT_NE(segment->slots[0].owner, 0U);
    EXPECT_EQ(segment->slots[0].demand, 3U);
    EXPECT_EQ(segment->slots[0].reserved & 0xffff, 10U);
    EXPECT_EQ(cohort::Reserved(), 10U);
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

void SetOwners(cohort::Segment* segment, ProcessWord owner) {
  for (cohort::Slot& slot : segment->slots) slot.owner = owner;
}

// It is alone then, says so, and gets in again as soon as there is a place.
TEST(CohortFileTest, ASlotThatWasTakenAwayForGood) {
  const TempFolder folder;
  const ProcessWord living = OwnProcessWord();
  const ChildEnd end = RunInChild([&] {
    EXPECT_TRUE(JoinTestCohort(folder));
    cohort::Reserve(10);
    cohort::Segment* segment = MapFile(folder);
    segment->top = cohort::kSlots;
    SetOwners(segment, living);
    EXPECT_EQ(ViewNow().members, 1U);
    EXPECT_FALSE(cohort::Joined());
    cohort::Publish(Member(1, 2, 3), 9);
    for (int count = 0; count < 3; ++count) EXPECT_FALSE(JoinTestCohort(folder));
    EXPECT_EQ(cohort::Reserved(), 10U);
    segment->slots[100].owner = 0;
    EXPECT_TRUE(JoinTestCohort(folder));
    EXPECT_TRUE(cohort::Joined());
    EXPECT_EQ(segment->slots[100].reserved & 0xffff, 10U);
    EXPECT_EQ(ViewNow().members, cohort::kSlots);
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
  EXPECT_EQ(end.error_text.find('\n'), end.error_text.size() - 1) << end.error_text;
}

// Wrong about its end, the last one out removed the file: whoever comes now makes another.
TEST(CohortFileTest, AFileThatWasRemovedUnderAMember) {
  const TempFolder folder;
  const ProcessWord living = OwnProcessWord();
  const ChildEnd end = RunInChild([&] {
    EXPECT_TRUE(JoinTestCohort(folder));
    cohort::Reserve(10);
    cohort::Segment* segment = MapFile(folder);
    SetOwners(segment, 0);
    segment->removing = living;
    EXPECT_EQ(unlink(folder.Files().at(0).c_str()), 0);
    cohort::Publish(Member(1, 2, 3), 9);
    EXPECT_FALSE(cohort::Joined());
    EXPECT_TRUE(JoinTestCohort(folder));
    EXPECT_EQ(MapFile(folder)->slots[0].reserved & 0xffff, 10U);
    EXPECT_EQ(cohort::Reserved(), 10U);
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST(CohortFileTest, AskedAgainAfterAFailureItLooksAtEightMembers) {
  const TempFolder folder;
  FileName(folder);
  Process dead([] {});
  const pid_t id = dead.id();
  EXPECT_EQ(dead.Wait(), 0);
  cohort::Segment* segment = MapFile(folder);
  segment->top = cohort::kSlots;
  SetOwners(segment, OwnProcessWord());
  const ChildEnd end = RunInChild([&] {
    EXPECT_FALSE(JoinTestCohort(folder));
    SetOwners(segment, MakeProcessWord(id, 12345));
    EXPECT_TRUE(JoinTestCohort(folder));
    int free = 0;
    for (const cohort::Slot& slot : segment->slots) free += slot.owner == 0 ? 1 : 0;
    EXPECT_EQ(free, 8 - 1);
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

long Sleeps() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_nvcsw;
}

TEST(CohortFileTest, AskedAgainAfterAFailureItDoesNotWait) {
  const TempFolder folder;
  FileName(folder);
  MapFile(folder)->removing = OwnProcessWord();
  const ChildEnd end = RunInChild([&] {
    const long before = Sleeps();
    EXPECT_FALSE(JoinTestCohort(folder));
    const long first = Sleeps();
    EXPECT_GE(first - before, 49);
    EXPECT_FALSE(JoinTestCohort(folder));
    EXPECT_LT(Sleeps() - first, 25);
    MapFile(folder)->removing = 0;
    EXPECT_TRUE(JoinTestCohort(folder));
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

// Killed between its mark and the removal.
TEST(CohortFileTest, ARemoverThatDiedIsInNobodysWay) {
  const TempFolder folder;
  FileName(folder);
  Process dead([] {});
  const pid_t id = dead.id();
  EXPECT_EQ(dead.Wait(), 0);
  MapFile(folder)->removing = MakeProcessWord(id, 12345);
  const ChildEnd end = RunInChild([&] {
    EXPECT_TRUE(JoinTestCohort(folder));
    EXPECT_EQ(MapFile(folder)->removing, 0U);
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

// One who lives is waited for, a bounded time.
TEST(CohortFileTest, ARemoverThatHangsIsGivenUpOn) {
  const TempFolder folder;
  FileName(folder);
  MapFile(folder)->removing = OwnProcessWord();
  const ChildEnd end = RunInChild([&] { EXPECT_FALSE(JoinTestCohort(folder)); });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

}  // namespace
}  // namespace memgov
