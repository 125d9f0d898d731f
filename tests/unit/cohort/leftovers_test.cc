// What killed processes left in the folder goes when the next one joins; what may be in use stays.
#include <gtest/gtest.h>

#include <fstream>
#include <memory>

#include "governor/cohort/cohort_file.h"
#include "governor/cohort/process_identity.h"
#include "governor/cohort/segment.h"
#include "unit/cohort/cohort_support.h"

namespace memgov {
namespace {

constexpr uint64_t kOther = kIdentity + 1;

std::string Name(const TempFolder& folder, const char* identity, uint64_t pid_namespace) {
  return std::string(folder.path()) + "/cohort-" + identity + "-" + std::to_string(pid_namespace);
}

std::string OwnName(const TempFolder& folder) { return Name(folder, "0x1c0de", PidNamespace()); }
std::string OtherName(const TempFolder& folder) { return Name(folder, "0x1c0df", PidNamespace()); }

pid_t DeadProcess() {
  Process dead([] {});
  const pid_t id = dead.id();
  EXPECT_EQ(dead.Wait(), 0);
  return id;
}

void KillMember(const TempFolder& folder, uint64_t identity) {
  Process doomed([&] {
    EXPECT_TRUE(cohort::Join(folder.path(), identity));
    raise(SIGKILL);
  });
  EXPECT_EQ(doomed.Wait(), 128 + SIGKILL);
}

void SetRemover(const std::string& file, ProcessWord remover) {
  std::fstream stream(file, std::ios::binary | std::ios::in | std::ios::out);
  stream.seekp(24);  // Segment::removing
  stream.write(reinterpret_cast<const char*>(&remover), sizeof remover);
  EXPECT_TRUE(stream.good());
}

void JoinAndStay(const TempFolder& folder) {
  const ChildEnd end = RunInChild([&] { EXPECT_TRUE(JoinTestCohort(folder)); });
  EXPECT_EQ(end.status, 0);
  EXPECT_EQ(end.error_text, "");
  EXPECT_TRUE(std::filesystem::exists(OwnName(folder))) << "its own stays";
}

TEST(LeftoversTest, TheFileOfACohortWhoseLastMemberWasKilled) {
  const TempFolder folder;
  KillMember(folder, kOther);
  KillMember(folder, kOther);
  EXPECT_TRUE(std::filesystem::exists(OtherName(folder)));
  JoinAndStay(folder);
  EXPECT_EQ(folder.Files().size(), 1U);
}

TEST(LeftoversTest, OneWithAMemberStays) {
  const TempFolder folder;
  SharedMemory<std::atomic<bool>> joined;
  Process member([&] {
    EXPECT_TRUE(cohort::Join(folder.path(), kOther));
    *joined.operator->() = true;
    SleepUntilKilled();
  });
  EXPECT_TRUE(WaitUntil([&] { return joined->load(); }));
  KillMember(folder, kOther);
  JoinAndStay(folder);
  EXPECT_TRUE(std::filesystem::exists(OtherName(folder)));
}

// Whoever looks between the making and the taking of a slot finds its maker in it.
TEST(LeftoversTest, OneThatWasJustMadeStays) {
  const TempFolder folder;
  const ProcessWord me = OwnProcessWord();
  cohort::CohortFile file;
  ASSERT_EQ(cohort::OpenOrCreate(folder.path(), kOther, me, &file), 0);
  JoinAndStay(folder);
  EXPECT_TRUE(std::filesystem::exists(OtherName(folder)));
  cohort::Ticket ticket;
  EXPECT_EQ(cohort::TakeSlot(file, me, true, &ticket), 0);
  EXPECT_EQ(ticket.slot(), 0U) << "the same";
}

TEST(LeftoversTest, OneWhoseRemoverWasKilledGoes) {
  const TempFolder folder;
  KillMember(folder, kOther);
  SetRemover(OtherName(folder), MakeProcessWord(DeadProcess(), 12345));
  JoinAndStay(folder);
  EXPECT_EQ(folder.Files().size(), 1U);
}

TEST(LeftoversTest, OneWhoseRemoverLivesIsLeftToIt) {
  const TempFolder folder;
  KillMember(folder, kOther);
  SetRemover(OtherName(folder), OwnProcessWord());
  JoinAndStay(folder);
  EXPECT_TRUE(std::filesystem::exists(OtherName(folder)));
}

TEST(LeftoversTest, HalfMadeFilesOfTheDead) {
  const TempFolder folder;
  const std::string dead = std::to_string(DeadProcess());
  const std::string gone[] = {OwnName(folder) + "-" + dead + ".new", OtherName(folder) + "-" + dead + ".new"};
  const std::string kept[] = {
      OtherName(folder) + "-" + std::to_string(getpid()) + ".new",
      Name(folder, "0x1c0df", PidNamespace() + 1) + "-" + dead + ".new",
      Name(folder, "0x1c0df", PidNamespace() + 1),
      OtherName(folder) + "-" + dead + ".new.old",
      OtherName(folder) + "-" + dead,
      OtherName(folder) + "-.new",
      OtherName(folder) + "-99999999999.new",
      std::string(folder.path()) + "/cohort-0x1c0df.new",
      std::string(folder.path()) + "/notes-" + dead + ".new",
  };
  for (const std::string& name : gone) std::ofstream(name) << "half";
  for (const std::string& name : kept) std::ofstream(name) << "whole";
  JoinAndStay(folder);
  for (const std::string& name : gone) EXPECT_FALSE(std::filesystem::exists(name)) << name;
  for (const std::string& name : kept) EXPECT_TRUE(std::filesystem::exists(name)) << name;
}

TEST(LeftoversTest, AHalfMadeFileOfAnEarlierProcessOfTheSameNumber) {
  const TempFolder folder;
  const ChildEnd end = RunInChild([&] {
    const std::string name = OtherName(folder) + "-" + std::to_string(getpid()) + ".new";
    std::ofstream(name) << "half";
    EXPECT_TRUE(JoinTestCohort(folder));
    EXPECT_FALSE(std::filesystem::exists(name));
  });
  EXPECT_EQ(end.status, 0);
}

// Everybody cleans while others come, go and are killed: nobody loses the file under its feet.
// Asked again, as a remover that gets no processor time is given up on after a while.
TEST(LeftoversTest, CleanersAndJoinersAllAtOnce) {
  const TempFolder folder;
  const std::string names[] = {OwnName(folder), OtherName(folder)};
  const ChildEnd end = RunInChild([&] {
    for (int round = 0; round < 14; ++round) {
      std::vector<std::unique_ptr<Process>> processes;
      for (size_t count = 0; count < 6; ++count) {
        processes.push_back(std::make_unique<Process>([&, count] {
          for (size_t turn = 0; turn < 40; ++turn) {
            const size_t which = (turn / 3 + count) % 2;
            EXPECT_TRUE(WaitUntil([&] { return cohort::Join(folder.path(), kIdentity + which); }));
            EXPECT_EQ(access(names[which].c_str(), F_OK), 0) << "removed under a member";
            cohort::Leave();
          }
        }));
      }
      usleep(500 * static_cast<useconds_t>(round % 7));
      processes[0]->Kill();
      processes[1]->Kill();
      for (size_t index = 2; index < processes.size(); ++index) EXPECT_EQ(processes[index]->Wait(), 0);
    }
    EXPECT_TRUE(JoinTestCohort(folder));
    EXPECT_EQ(folder.Files().size(), 1U);
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

}  // namespace
}  // namespace memgov
