// What can be read after a kill, and how much of it is kept.
#include "governor/telemetry/evidence.h"

#include <errno.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "governor/telemetry/evidence_files.h"
#include "unit/cohort/cohort_support.h"

namespace memgov {
namespace {

constexpr uint64_t kMega = 1 << 20;

evidence::Line SomeLine(uint64_t second) {
  evidence::Line line;
  line.wall_clock_s = second;
  line.rung = "hard";
  line.charged_bytes = 243 * kMega;
  line.soft_bytes = 204 * kMega;
  line.hard_bytes = 243 * kMega;
  line.limit_bytes = 256 * kMega;
  line.anonymous_bytes = 230 * kMega;
  line.live_bytes = 180 * kMega;
  line.held_bytes = 220 * kMega;
  line.refused = 12;
  line.rejected = 345;
  line.grew_pool = "tokio-runtime-w";
  line.grew_bytes = static_cast<int64_t>(12 * kMega);
  return line;
}

std::string Name(const TempFolder& folder, pid_t process) {
  return std::string(folder.path()) + "/" + std::to_string(process) + ".evidence";
}

std::vector<std::string> Rows(const std::string& path) {
  std::ifstream file(path);
  std::vector<std::string> rows;
  for (std::string row; std::getline(file, row);)
    rows.push_back(row.substr(0, row.find_last_not_of(' ') + 1));
  return rows;
}

TEST(EvidenceTest, SurvivesAKillAndReadsWell) {
  const TempFolder folder;
  Process doomed([&] {
    errno = 77;
    EXPECT_TRUE(evidence::Open(folder.path(), "arena"));
    evidence::Write(SomeLine(1732206012));
    evidence::Line second = SomeLine(1732206013);
    second.rung = "soft";
    second.limit_bytes = 0;
    second.grew_pool = "";
    evidence::Write(second);
    EXPECT_EQ(errno, 77);
    raise(SIGKILL);
  });
  const std::string path = Name(folder, doomed.id());
  const std::string process = std::to_string(doomed.id());
  EXPECT_EQ(doomed.Wait(), 128 + SIGKILL);
  const std::vector<std::string> rows = Rows(path);
  ASSERT_EQ(rows.size(), 3U + evidence::kLines + 1);
  EXPECT_EQ(rows[0].find("memgov evidence of process " + process + " ("), 0U) << rows[0];
  EXPECT_NE(rows[0].find("engine arena"), std::string::npos);
  EXPECT_EQ(rows[1].find("Its start time in clock ticks since boot: "), 0U) << rows[1];
  EXPECT_EQ(rows[3],
            "1     2024-11-21T16:20:12Z  hard    243.0 MB   204.0 MB   243.0 MB   256.0 MB   230.0 MB   "
            "180.0 MB   220.0 MB   12       345       tokio-runtime-w +12.0 MB");
  EXPECT_EQ(rows[4].substr(0, 80),
            "2     2024-11-21T16:20:13Z  soft    243.0 MB   204.0 MB   243.0 MB   none       ");
  EXPECT_EQ(rows[5], "");
  EXPECT_EQ(
      rows.back(),
      "Last reading: line 2, 2024-11-21T16:20:13Z, soft: charged 243.0 MB of 243.0 MB (container none), "
      "refused 12, rejected 345, grew most: -");
}

// Rows have one width, whatever is in them, so that none is written into the next.
TEST(EvidenceTest, TheLongestFiguresStayInTheirLine) {
  const TempFolder folder;
  const ChildEnd end = RunInChild([&] {
    EXPECT_TRUE(evidence::Open(folder.path(), "an engine of a name that is longer than any that there is"));
    evidence::Line line;
    line.wall_clock_s = UINT64_MAX;
    line.charged_bytes = line.anonymous_bytes = line.live_bytes = line.held_bytes = UINT64_MAX - 1;
    line.soft_bytes = line.hard_bytes = line.limit_bytes = UINT64_MAX - 1;
    line.refused = line.rejected = UINT64_MAX;
    line.rung = "a rung\nof a long name";
    line.grew_pool = "a pool name of thirty-one bytes";
    line.grew_bytes = INT64_MIN;
    for (int count = 0; count < 100; ++count) evidence::Write(line);
    std::ifstream file(Name(folder, getpid()));
    size_t count = 0;
    for (std::string row; std::getline(file, row); ++count) EXPECT_EQ(row.size(), 179U);
    EXPECT_EQ(count, 3U + evidence::kLines + 1);
  });
  EXPECT_EQ(end.status, 0);
}

TEST(EvidenceTest, TheNewestLinesReplaceTheOldest) {
  const TempFolder folder;
  const ChildEnd end = RunInChild([&] {
    EXPECT_TRUE(evidence::Open(folder.path(), "arena"));
    for (uint64_t count = 1; count <= evidence::kLines + 3; ++count) evidence::Write(SomeLine(count));
    const std::vector<std::string> rows = Rows(Name(folder, getpid()));
    EXPECT_EQ(rows[3].find("65    1970-01-01T00:01:05Z"), 0U) << rows[3];
    EXPECT_EQ(rows[5].find("67    1970-01-01T00:01:07Z"), 0U) << rows[5];
    EXPECT_EQ(rows[6].find("4     1970-01-01T00:00:04Z"), 0U) << rows[6];
    EXPECT_EQ(rows.back().find("Last reading: line 67, "), 0U);
  });
  EXPECT_EQ(end.status, 0);
}

TEST(EvidenceTest, Dates) {
  const TempFolder folder;
  const std::pair<uint64_t, const char*> cases[] = {
      {0, "1970-01-01T00:00:00Z"},          {951782399, "2000-02-28T23:59:59Z"},
      {951782400, "2000-02-29T00:00:00Z"},  {951868800, "2000-03-01T00:00:00Z"},
      {1709164800, "2024-02-29T00:00:00Z"}, {1735689599, "2024-12-31T23:59:59Z"},
      {1735689600, "2025-01-01T00:00:00Z"}, {2147483648, "2038-01-19T03:14:08Z"},
      {4107542400, "2100-03-01T00:00:00Z"}, {UINT64_MAX, "9999-12-31T23:59:59Z"},
  };
  const ChildEnd end = RunInChild([&] {
    EXPECT_TRUE(evidence::Open(folder.path(), "arena"));
    for (const auto& [second, text] : cases) {
      evidence::Write(SomeLine(second));
      const std::string last = Rows(Name(folder, getpid())).back();
      EXPECT_NE(last.find(text), std::string::npos) << last << " is not " << text;
    }
  });
  EXPECT_EQ(end.status, 0);
}

TEST(EvidenceTest, IsRemovedByAProcessThatEndsByItself) {
  const TempFolder folder;
  const ChildEnd end = RunInChild([&] {
    EXPECT_TRUE(evidence::Open(folder.path(), "arena"));
    EXPECT_TRUE(evidence::IsOpen());
    EXPECT_EQ(folder.Files().size(), 1U);
    evidence::Remove();
    EXPECT_FALSE(evidence::IsOpen());
    EXPECT_TRUE(folder.Files().empty());
    evidence::Remove();
    evidence::Write(SomeLine(1));
  });
  EXPECT_EQ(end.status, 0);
}

// A tick comes after the exit handler.
TEST(EvidenceTest, NoneIsMadeAfterTheEnd) {
  const TempFolder folder;
  for (const bool opened : {false, true}) {
    const ChildEnd end = RunInChild([&] {
      EXPECT_EQ(opened && evidence::Open(folder.path(), "arena"), opened);
      evidence::Remove();
      EXPECT_FALSE(evidence::Open(folder.path(), "arena"));
      evidence::Write(SomeLine(1));
      EXPECT_TRUE(folder.Files().empty());
      Process child([&] {
        evidence::ForgetInChild();
        EXPECT_TRUE(evidence::Open(folder.path(), "arena")) << "its own end is to come";
        evidence::Remove();
      });
      EXPECT_EQ(child.Wait(), 0);
    });
    EXPECT_EQ(end.status, 0);
    EXPECT_EQ(end.error_text, "");
    EXPECT_TRUE(folder.Files().empty());
  }
}

TEST(EvidenceTest, AChildHasNoneOfItsParents) {
  const TempFolder folder;
  const ChildEnd end = RunInChild([&] {
    EXPECT_TRUE(evidence::Open(folder.path(), "arena"));
    Process child([&] {
      evidence::ForgetInChild();
      EXPECT_FALSE(evidence::IsOpen());
      evidence::Write(SomeLine(1));
      evidence::Remove();
    });
    EXPECT_EQ(child.Wait(), 0);
    EXPECT_EQ(folder.Files().size(), 1U);
    EXPECT_EQ(Rows(Name(folder, getpid())).back(), "Last reading: none yet.");
  });
  EXPECT_EQ(end.status, 0);
}

TEST(EvidenceTest, EightOfTheDeadStayAndTheLivingAreNotTouched) {
  const TempFolder folder;
  SharedMemory<std::atomic<int>> open;
  Process alive([&] {
    EXPECT_TRUE(evidence::Open(folder.path(), "arena"));
    ++*open.operator->();
    SleepUntilKilled();
  });
  EXPECT_TRUE(WaitUntil([&] { return open->load() == 1; }));
  std::vector<std::string> dead;
  for (int count = 0; count < 12; ++count) {
    Process doomed([&] {
      EXPECT_TRUE(evidence::Open(folder.path(), "arena"));
      raise(SIGKILL);
    });
    dead.push_back(Name(folder, doomed.id()));
    doomed.Wait();
    if (count == 1) {  // killed before it had written anything
      std::filesystem::resize_file(dead.back(), 0);
      std::filesystem::resize_file(dead.back(), evidence::kFileBytes);
    }
    usleep(15000);  // file times have the clock tick's resolution
  }
  std::ofstream(std::string(folder.path()) + "/notes.evidence") << "no file of ours";
  std::ofstream(std::string(folder.path()) + "/4711.evidence") << "no form of ours";
  const ChildEnd end = RunInChild([&] { EXPECT_TRUE(evidence::Open(folder.path(), "arena")); });
  EXPECT_EQ(end.status, 0);
  const std::vector<std::string> files = folder.Files();
  EXPECT_EQ(files.size(), 1U + 8 + 2 + 1);
  EXPECT_EQ(std::count(files.begin(), files.end(), Name(folder, alive.id())), 1);
  for (size_t index = 0; index < dead.size(); ++index) {
    EXPECT_EQ(std::count(files.begin(), files.end(), dead[index]), index < 4 ? 0 : 1) << index;
  }
}

// Killed while it made its file, or of another version: only the name says whose it is.
TEST(EvidenceTest, FilesOfAnotherSizeAreOfTheDeadToo) {
  const TempFolder folder;
  const auto make = [&](pid_t process, uintmax_t size) {
    const std::string name = Name(folder, process);
    std::ofstream(name).close();
    EXPECT_EQ(chmod(name.c_str(), 0600), 0);
    std::filesystem::resize_file(name, size);
    return name;
  };
  const uintmax_t sizes[] = {0, 4608, evidence::kFileBytes + 1};
  std::vector<std::string> dead;
  for (size_t count = 0; count < 12; ++count) {
    Process doomed([] {});
    dead.push_back(make(doomed.id(), sizes[count % 3]));
    EXPECT_EQ(doomed.Wait(), 0);
    usleep(15000);
  }
  const std::string alive = make(getpid(), 0);
  const ChildEnd end = RunInChild([&] { EXPECT_TRUE(evidence::Open(folder.path(), "arena")); });
  EXPECT_EQ(end.status, 0);
  EXPECT_TRUE(std::filesystem::exists(alive));
  for (size_t index = 0; index < dead.size(); ++index) {
    EXPECT_EQ(std::filesystem::exists(dead[index]), index >= 4) << index;
  }
}

TEST(EvidenceTest, IsMadeAnewWhereSomethingHasItsName) {
  const TempFolder folder;
  const ChildEnd end = RunInChild([&] {
    const std::string victim = std::string(folder.path()) + "/victim";
    std::ofstream(victim) << "precious";
    EXPECT_EQ(symlink(victim.c_str(), Name(folder, getpid()).c_str()), 0);
    EXPECT_TRUE(evidence::Open(folder.path(), "arena"));
    EXPECT_EQ(Rows(victim), std::vector<std::string>{"precious"});
    struct stat status {};
    EXPECT_EQ(lstat(Name(folder, getpid()).c_str(), &status), 0);
    EXPECT_TRUE(S_ISREG(status.st_mode));
    EXPECT_EQ(status.st_mode & 07777, 0600U);
  });
  EXPECT_EQ(end.status, 0);
}

void ExpectOneLine(const std::string& folder) {
  const ChildEnd end = RunInChild([&] {
    EXPECT_FALSE(evidence::Open(folder.c_str(), "arena"));
    EXPECT_FALSE(evidence::Open(folder.c_str(), "arena"));
    evidence::Write(SomeLine(1));
    evidence::Remove();
  });
  EXPECT_EQ(end.status, 0);
  EXPECT_EQ(end.error_text.find("memgov: evidence: " + folder), 0U) << end.error_text;
  EXPECT_EQ(end.error_text.find('\n'), end.error_text.size() - 1) << end.error_text;
}

TEST(EvidenceTest, AFolderThatIsMissingOrFull) {
  const TempFolder folder;
  ExpectOneLine(std::string(folder.path()) + "/missing");
  const ChildEnd none = RunInChild([] { EXPECT_FALSE(evidence::Open("", "arena")); });
  EXPECT_EQ(none.status, 0);
  EXPECT_EQ(none.error_text, "") << "who found no folder said so";
  if (mount("none", folder.path(), "tmpfs", 0, "size=8192") != 0) {
    GTEST_SKIP() << "needs root to mount a file system";
  }
  ExpectOneLine(folder.path());
  EXPECT_TRUE(folder.Files().empty());
  EXPECT_EQ(umount2(folder.path(), MNT_DETACH), 0);
}

}  // namespace
}  // namespace memgov
