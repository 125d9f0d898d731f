// Members join, see each other, leave, and die.
#include "governor/cohort/cohort.h"

#include <errno.h>
#include <gtest/gtest.h>

#include <memory>

#include "governor/cohort/process_identity.h"
#include "unit/cohort/cohort_support.h"

namespace memgov {
namespace {

using cohort::Joined;
using cohort::Leave;
using cohort::Publish;
using cohort::Reserve;

struct Stage {
  std::atomic<int> ready{0};
  std::atomic<bool> go{false};
};

// A member that publishes, reserves, and stays.
std::unique_ptr<Process> StartMember(const TempFolder& folder, Stage* stage, const CohortMember& figures,
                                     uint64_t reserved) {
  const int before = stage->ready;
  auto process = std::make_unique<Process>([&] {
    EXPECT_TRUE(JoinTestCohort(folder));
    Publish(figures, os::NowNanoseconds());
    Reserve(reserved);
    ++stage->ready;
    while (!stage->go) usleep(1000);
    Leave();
  });
  EXPECT_TRUE(WaitUntil([&] { return stage->ready > before; }));
  return process;
}

TEST(CohortTest, WithoutOneAProcessIsAlone) {
  EXPECT_FALSE(Joined());
  EXPECT_EQ(ViewNow().members, 1U);
  Publish(Member(1, 2, 3), 4);
  EXPECT_EQ(ViewNow().others_anonymous, 0U);
  Leave();
  EXPECT_FALSE(Joined());
}

TEST(CohortTest, AProcessWithoutACgroupIsAloneInSilence) {
  const TempFolder folder;
  const ChildEnd end = RunInChild([&] { EXPECT_FALSE(cohort::Join(folder.path(), 0)); });
  EXPECT_EQ(end.status, 0);
  EXPECT_EQ(end.error_text, "");
  EXPECT_TRUE(folder.Files().empty());
}

TEST(CohortTest, MembersSeeEachOther) {
  const TempFolder folder;
  SharedMemory<Stage> stage;
  const auto a = StartMember(folder, stage.operator->(), Member(100, 10, 1), 1000);
  const auto b = StartMember(folder, stage.operator->(), Member(200, 30, 2), 2000);
  const ChildEnd end = RunInChild([&] {
    errno = 77;
    EXPECT_TRUE(JoinTestCohort(folder));
    Publish(Member(400, 50, 4), os::NowNanoseconds());
    Reserve(4000);
    const CohortView view = ViewNow();
    EXPECT_EQ(errno, 77);
    EXPECT_EQ(view.members, 3U);
    EXPECT_EQ(view.others_reserved, 3000U);
    EXPECT_EQ(view.others_demand, 3U);
    EXPECT_EQ(view.others_anonymous, 300U);
    EXPECT_EQ(view.most_releasable, 30U);
    EXPECT_EQ(cohort::Reserved(), 4000U);
    EXPECT_EQ(cohort::ReservedByOthers(), 3000U);
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
  stage->go = true;
  EXPECT_EQ(a->Wait(), 0);
  EXPECT_EQ(b->Wait(), 0);
}

TEST(CohortTest, AnotherCgroupIsAnotherCohort) {
  const TempFolder folder;
  SharedMemory<Stage> stage;
  const auto member = StartMember(folder, stage.operator->(), Member(1, 1, 1), 1);
  const ChildEnd end = RunInChild([&] {
    EXPECT_TRUE(cohort::Join(folder.path(), kIdentity + 1));
    EXPECT_EQ(ViewNow().members, 1U);
    Reserve(50);
    EXPECT_TRUE(JoinTestCohort(folder)) << "moved to the other's cgroup";
    EXPECT_EQ(ViewNow().members, 2U);
    EXPECT_EQ(cohort::Reserved(), 50U);
    EXPECT_EQ(cohort::ReservedByOthers(), 1U);
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST(CohortTest, OldFiguresAreOfAProcessAtRest) {
  const TempFolder folder;
  SharedMemory<Stage> stage;
  const auto member = StartMember(folder, stage.operator->(), Member(100, 10, 1), 1000);
  const ChildEnd end = RunInChild([&] {
    EXPECT_TRUE(JoinTestCohort(folder));
    const CohortView view = cohort::View(os::NowNanoseconds() + 60'000'000'000);
    EXPECT_EQ(view.others_anonymous, 100U);
    EXPECT_EQ(view.others_reserved, 1000U);
    EXPECT_EQ(view.others_demand, 0U);
    EXPECT_EQ(view.most_releasable, 0U);
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST(CohortTest, AKilledMemberLeavesNothing) {
  const TempFolder folder;
  SharedMemory<Stage> stage;
  const auto doomed = StartMember(folder, stage.operator->(), Member(100, 10, 1), 1000);
  const ChildEnd end = RunInChild([&] {
    EXPECT_TRUE(JoinTestCohort(folder));
    EXPECT_EQ(ViewNow().others_reserved, 1000U);
    kill(doomed->id(), SIGKILL);  // and nobody waits for it: a zombie has no memory
    EXPECT_TRUE(WaitUntil([] { return ViewNow().members == 1; }));
    EXPECT_EQ(ViewNow().others_reserved, 0U);
    EXPECT_EQ(ViewNow().others_anonymous, 0U);
    EXPECT_EQ(cohort::ReservedByOthers(), 0U);
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST(CohortTest, TheLastOneOutRemovesTheFile) {
  const TempFolder folder;
  SharedMemory<Stage> stage;
  const auto a = StartMember(folder, stage.operator->(), Member(1, 1, 1), 1);
  const ChildEnd end = RunInChild([&] {
    EXPECT_TRUE(JoinTestCohort(folder));
    Reserve(5);
    Leave();
    EXPECT_FALSE(Joined());
    EXPECT_EQ(cohort::Reserved(), 5U);
    EXPECT_EQ(folder.Files().size(), 1U) << "somebody is in it";
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
  stage->go = true;
  EXPECT_EQ(a->Wait(), 0);
  EXPECT_TRUE(folder.Files().empty());
}

TEST(CohortTest, TheLastOneOutCountsTheKilledAsGone) {
  const TempFolder folder;
  SharedMemory<Stage> stage;
  const auto doomed = StartMember(folder, stage.operator->(), Member(1, 1, 1), 1);
  const ChildEnd end = RunInChild([&] {
    EXPECT_TRUE(JoinTestCohort(folder));
    kill(doomed->id(), SIGKILL);
    EXPECT_TRUE(WaitUntil([&] { return ViewNow().members == 1; }));
    Leave();
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
  EXPECT_TRUE(folder.Files().empty());
}

TEST(CohortTest, AForkChildTakesASlotOfItsOwn) {
  const TempFolder folder;
  const ChildEnd end = RunInChild([&] {
    EXPECT_TRUE(JoinTestCohort(folder));
    Reserve(700);
    Process child([&] {
      cohort::ForgetInChild();
      EXPECT_FALSE(Joined());
      EXPECT_EQ(cohort::Reserved(), 0U);
      EXPECT_EQ(cohort::Unreserve(700), 0U);
      EXPECT_TRUE(JoinTestCohort(folder));
      EXPECT_EQ(cohort::ReservedByOthers(), 700U);
      EXPECT_EQ(ViewNow().members, 2U);
      Leave();
    });
    EXPECT_EQ(child.Wait(), 0);
    EXPECT_EQ(cohort::Reserved(), 700U);
    EXPECT_EQ(ViewNow().members, 1U);
    EXPECT_EQ(folder.Files().size(), 1U);
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

// nginx: the master is root, its workers are not and cannot look into its folder.
TEST(CohortTest, AWorkerOfAnotherUserJoinsWhatItInherited) {
  if (geteuid() != 0) GTEST_SKIP() << "needs root to become another user";
  const TempFolder folder;
  const ChildEnd end = RunInChild([&] {
    EXPECT_TRUE(JoinTestCohort(folder));
    Reserve(700);
    Process worker([&] {
      cohort::ForgetInChild();
      ASSERT_EQ(setgid(65534), 0);
      ASSERT_EQ(setuid(65534), 0);
      const TempFolder own;
      EXPECT_TRUE(cohort::Join(own.path(), kIdentity));
      EXPECT_EQ(cohort::ReservedByOthers(), 700U);
      EXPECT_EQ(ViewNow().members, 2U);
      Leave();
    });
    EXPECT_EQ(worker.Wait(), 0);
    Process chrooted([&] {
      cohort::ForgetInChild();
      ASSERT_EQ(chroot("/proc/self"), 0);
      EXPECT_TRUE(JoinTestCohort(folder));
      EXPECT_EQ(cohort::ReservedByOthers(), 700U);
      Leave();
    });
    EXPECT_EQ(chrooted.Wait(), 0);
    EXPECT_EQ(ViewNow().members, 1U);
    Leave();
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
  EXPECT_TRUE(folder.Files().empty());
}

struct Crowd {
  std::atomic<int> answered{0};
  std::atomic<int> joined{0};
  std::atomic<bool> go{false};
};

// Of 200 processes 127 get in; the others say so once and go on alone; places of the killed are given again.
TEST(CohortTest, MoreProcessesThanSlots) {
  const TempFolder folder;
  const ChildEnd end = RunInChild([&] {
    SharedMemory<Crowd> crowd;
    std::vector<std::unique_ptr<Process>> processes;
    for (int count = 0; count < 200; ++count) {
      processes.push_back(std::make_unique<Process>([&] {
        const bool joined = JoinTestCohort(folder);
        crowd->joined += joined ? 1 : 0;
        EXPECT_EQ(JoinTestCohort(folder), joined);  // no second line
        Reserve(1);
        ++crowd->answered;
        while (!crowd->go) usleep(2000);
      }));
    }
    EXPECT_TRUE(WaitUntil([&] { return crowd->answered == 200; }));
    EXPECT_EQ(crowd->joined, 127);
    for (int index = 0; index < 100; ++index) processes[static_cast<size_t>(index)]->Kill();
    EXPECT_TRUE(JoinTestCohort(folder));
    EXPECT_TRUE(WaitUntil([] { return ViewNow().members == ViewNow().others_reserved + 1; }));
    EXPECT_TRUE(WaitUntil([] { return ViewNow().members <= 101; }));
    crowd->go = true;
    for (auto& process : processes) process->Wait();
  });
  EXPECT_EQ(end.status, 0);
  size_t lines = 0;
  for (size_t at = 0; (at = end.error_text.find("memgov: cohort: ", at)) != std::string::npos; ++at) ++lines;
  EXPECT_EQ(lines, 73U) << end.error_text;
}

// Comers and goers, some killed anywhere: a cohort at the end, one file, and nobody who could not join.
TEST(CohortTest, ComingAndGoingAllAtOnce) {
  const TempFolder folder;
  const std::string name = std::string(folder.path()) + "/cohort-0x1c0de-" + std::to_string(PidNamespace());
  const ChildEnd end = RunInChild([&] {
    for (int round = 0; round < 14; ++round) {
      std::vector<std::unique_ptr<Process>> processes;
      for (int count = 0; count < 6; ++count) {
        processes.push_back(std::make_unique<Process>([&] {
          for (int turn = 0; turn < 40; ++turn) {
            EXPECT_TRUE(JoinTestCohort(folder));
            EXPECT_EQ(access(name.c_str(), F_OK), 0) << "removed under a member";
            Reserve(3);
            ViewNow();
            Leave();
            cohort::Unreserve(3);
          }
        }));
      }
      usleep(500 * static_cast<useconds_t>(round % 7));
      processes[0]->Kill();
      for (size_t index = 1; index < processes.size(); ++index) EXPECT_EQ(processes[index]->Wait(), 0);
    }
    EXPECT_TRUE(JoinTestCohort(folder));
    EXPECT_EQ(ViewNow().others_reserved, 0U);
    Process other([&] {
      cohort::ForgetInChild();
      EXPECT_TRUE(JoinTestCohort(folder));
      EXPECT_EQ(ViewNow().members, 2U);
    });
    EXPECT_EQ(other.Wait(), 0);
  });
  EXPECT_EQ(end.status, 0);
  EXPECT_EQ(end.error_text, "");
}

}  // namespace
}  // namespace memgov
